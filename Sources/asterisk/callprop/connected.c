/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Two who are connected: was that decided, and who is asked when it was not
 *
 * The facts say whether it was decided. When it was not, who takes the call is asked, as though it had rung him. No extension takes a
 * call from outside to outside: whoever makes one of two of his calls is asked then.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "connected.h"
#include "joins.h"
#include "sent.h"

const struct meeting in_its_place = { .in_place_of_another = 1 };

/*! \brief Was this one rung for a call that the other makes? */
static int was_rung_for(const struct side *side, const struct side *other)
{
	if (!side->facts.ringing || !is_in_place(side) || !other->extension) {
		return 0;
	}
	return is_extension(other, side->extension ? side->facts.caller : side->facts.maker)
		|| is_extension(other, side->facts.came_from);
}

static int is_decided(const struct side *one, const struct side *two)
{
	if ((was_put_through_from_outside(one) && two->extension)
		|| (was_put_through_from_outside(two) && one->extension)) {
		return 0;
	}
	if (was_rung_for(one, two) || was_rung_for(two, one)) {
		return 1;
	}
	if (!one->facts.id || one->facts.id != two->facts.id || !is_in_place(one) || !is_in_place(two)) {
		return 0;
	}
	/* Two whom one call rang are not connected with each other, unless they are the two legs of a callback. */
	return !one->facts.ringing || !two->facts.ringing || one->facts.call.leg != two->facts.call.leg;
}

/*! \brief Is this channel connected by a transfer of which Asterisk has not told yet? That is decided then, because then it is known who sent whom. */
static int is_being_transferred(const struct side *side)
{
	char name[CHANNEL_NAME_SIZE];

	return has_note(side->chan, &side->facts, CONSULTATION, name);
}

/*! \brief What last led to the phone that takes a call: a queue stays one */
static uint8_t led_to(const struct side *taker, const struct side *other)
{
	if (!taker->facts.waits && taker->extension && taker->facts.ringing && is_in_place(taker)
		&& taker->facts.call.leg == CP_LEG_DST && taker->facts.call.dst != CP_EXTERNAL) {
		return taker->facts.call.dst;
	}
	if (!taker->facts.waits && !other->facts.parked && is_caller(taker)) {
		/* Whomever the other called, it was not this one. */
		return CP_EXTENSION;
	}
	if (!other->facts.inherited && other->facts.id && other->facts.call.leg == CP_LEG_DST
		&& other->facts.call.dst == CP_QUEUE) {
		return CP_QUEUE;
	}
	return CP_EXTENSION;
}

uint8_t what_led_to(struct configuration *configuration, struct ast_channel *taker, struct ast_channel *other)
{
	struct side one, two;

	look_at(configuration, taker, &one);
	look_at(configuration, other, &two);
	return led_to(&one, &two);
}

/*! \brief The call as it would have rung who takes it */
static cp_call call_taken(const struct side *taker, const struct side *other)
{
	cp_call call = { .dst = CP_EXTENSION, .leg = CP_LEG_DST };

	/* Whoever is of another client is outside. */
	uint8_t party = are_colleagues(taker, other) ? CP_EXTENSION : CP_EXTERNAL;

	if (took_place(taker)) {
		call = taker->facts.call;
		if (taker->facts.dst_unknown && call.leg == CP_LEG_SRC) {
			/* What the first leg of a callback is connected with is known now. */
			call.dst = party;
		}
		return call;
	}
	call.src = party;
	call.dst = led_to(taker, other);
	return call;
}

/*! \brief Does the one make a call, while the other was rung by another's? So it is when a transfer connects them. */
static int calls(const struct side *one, const struct side *other)
{
	return is_caller(one) && other->facts.ringing && is_in_place(other);
}

/*! \brief Has somebody come in the place of who makes a call, and not by a transfer? */
static int took_callers_place(const struct side *side)
{
	return side->facts.id && !side->facts.inherited && !is_in_place(side);
}

/*! \brief Of two extensions, the one that takes the call: who has come last, unless it is known better */
static int takes(const struct side *entered, const struct side *other, int in_place_of_another)
{
	if (!entered->extension || !other->extension) {
		return entered->extension != NULL;
	}
	if (entered->client != other->client) {
		/* Somebody connects two of his calls: whom he puts through enters, or the later one is whom he consulted. */
		return !in_place_of_another && began_later(entered, other);
	}
	if (took_place(entered) || took_callers_place(entered) || entered->facts.waits || other->facts.parked) {
		return 1;
	}
	return !took_place(other) && !took_callers_place(other) && !other->facts.waits && !entered->facts.parked
		&& !calls(entered, other);
}

/*!
 * \brief Nobody's phone is in this call: may two numbers outside be connected?
 *
 * By the right of an extension that calls outside: it sent the one to the other, or makes one call of its two.
 */
static int decide_outsiders(struct configuration *configuration, const struct side *one, const struct side *two)
{
	struct extension *joiner;

	if ((one->facts.sent_outside || two->facts.sent_outside) && are_of_one_client(configuration, one, two)) {
		return 1;
	}
	if (!(joiner = joiner_of(configuration, one, two))) {
		return deny_unknown(one->chan, "it is connected from outside to outside, and no extension does so");
	}
	return decide_joiner(joiner, one, two);
}

/*! \brief Decides for an extension that is connected with another, or with outside, by a call that did not ring it */
static int decide_taker(struct configuration *configuration, struct side *taker, const struct side *other)
{
	cp_call call = call_taken(taker, other);
	struct extension *extension = who_is_at(taker);

	if (was_rung_for_nobody(other) && !taker->facts.ringing && !was_dialled(taker->chan)) {
		/* Who called the PBX is connected with what it rings outside: it is his call. */
		call = (cp_call){ .src = CP_EXTENSION, .dst = CP_EXTERNAL, .leg = CP_LEG_SRC };
		if (!permits(taker->chan, extension, &call)) {
			return 0;
		}
		note_joined(taker, other);
		return 1;
	}
	if (!permits(taker->chan, extension, &call)) {
		return 0;
	}
	if (!taker->rings && !other->rings) {
		note_connected(configuration, taker->chan, extension, &call, other->chan);
	}
	return 1;
}

/*! \brief Where two meet in a client, the one of that client, when the other has come there from another; NULL otherwise */
static struct side *who_is_at_home(struct side *one, struct side *two, const struct meeting *meeting)
{
	if (!meeting->client || !one->extension || !two->extension || one->client == two->client) {
		return NULL;
	}
	return one->client == meeting->client ? one : two->client == meeting->client ? two : NULL;
}

/*! \return who was denied; NULL when nobody was */
static struct side *decide_two(
	struct configuration *configuration, struct side *taker, struct side *other, const struct meeting *meeting)
{
	/* Who has come from another client has called outside by that, and is not called. */
	int is_too = !who_is_at_home(taker, other, meeting)
		&& is_asked_too(configuration, other, taker, meeting->in_place_of_another || other->facts.put_through);

	if (!decide_taker(configuration, taker, other)) {
		return taker;
	}
	return is_too && !decide_taker(configuration, other, taker) ? other : NULL;
}

/*! \brief Is there nothing to decide, or is it decided when Asterisk tells of the transfer? */
static int is_left(const struct side *one, const struct side *two)
{
	return one->facts.cut || two->facts.cut || is_helper(one)
		|| is_helper(two)
		/* Its other half is gone already, such as that of a consultation which was refused: nobody is there. */
		|| one->end == END_LOCAL || two->end == END_LOCAL
		|| ((one->extension || two->extension) && (is_being_transferred(one) || is_being_transferred(two)));
}

/*! \brief The one of two calls of two clients that is cut off: who has come there */
static struct side *who_comes(struct side *entered, struct side *other)
{
	return took_place(other) || other->facts.waits ? other : entered;
}

/*!
 * \brief Are these two calls of two clients, and nobody was connected with both?
 *
 * From one client to another a call is one outside for both. Whoever has it may connect it with another of his.
 */
static int is_across(struct configuration *configuration, const struct side *one, const struct side *two)
{
	return !are_of_one_client(configuration, one, two) && !joiner_of(configuration, one, two);
}

/*!
 * \brief Somebody sent this one here by a blind transfer, where no dialplan has said what it calls, and it is connected with the other
 *
 * So he calls whoever it is: an agent, a parked call, one who is picked up.
 */
static int decide_bringer(struct configuration *configuration, const struct side *side, const struct side *other)
{
	struct extension *sender;
	enum end end;

	if (!*side->facts.brought_by) {
		return 1;
	}
	end = end_behind_name(configuration, side->facts.brought_by, &sender);
	return decide_sender(side->chan, end, sender, sender && is_inside_for(sender, other) ? CP_EXTENSION : CP_EXTERNAL);
}

/*! \brief Whoever asks for an agent calls him. What the dialplan has said was permitted; where it has said nothing, he is asked */
static int may_ask_for_agent(const struct side *side)
{
	const cp_call call = { .src = CP_EXTENSION, .dst = CP_EXTENSION, .leg = CP_LEG_SRC };

	if (side->facts.denied) {
		return deny_unknown(side->chan, "it is connected with an agent, and its call was denied");
	}
	return !side->extension || (side->facts.went_on && side->facts.call.dst != CP_EXTERNAL) || *side->facts.brought_by
		|| permits(side->chan, side->extension, &call);
}

/*! \return who was denied; NULL when nobody was */
static struct side *decide_undecided(
	struct configuration *configuration, struct side *one, struct side *two, const struct meeting *meeting)
{
	struct side *taker, *other;

	if (one->end == END_UNKNOWN || two->end == END_UNKNOWN) {
		taker = one->end == END_UNKNOWN ? one : two;
		deny_stranger(configuration, taker->chan, "", "it is connected, and");
		return taker;
	}
	if (was_put_through(configuration, one, two, meeting->in_place_of_another)
		|| was_put_through(configuration, two, one, meeting->in_place_of_another)) {
		note_joined(one, two);
		return NULL;
	}
	if (!who_is_at_home(one, two, meeting) && is_across(configuration, one, two)) {
		taker = who_comes(one, two);
		deny_unknown(taker->chan, "it is connected with a call of another client, which has not gone there");
		return taker;
	}
	if (!one->extension && !two->extension) {
		if (!decide_outsiders(configuration, one, two)) {
			return one;
		}
		if (!are_colleagues(one, two)) {
			note_joined(one, two);
			return NULL;
		}
	} else if (!decide_joiner_elsewhere(configuration, one, two)) {
		return one;
	}
	if (!decide_bringer(configuration, one, two)) {
		return one;
	}
	if (!decide_bringer(configuration, two, one)) {
		return two;
	}
	if (!(taker = who_is_at_home(one, two, meeting))) {
		taker = takes(one, two, meeting->in_place_of_another) ? one : two;
	} else if (is_caller(taker) && one->facts.id == two->facts.id) {
		/* He makes this call, and whoever has come in it takes it. */
		taker = taker == one ? two : one;
	}
	other = taker == one ? two : one;
	if (taker->facts.waits && !may_ask_for_agent(other)) {
		return other;
	}
	return decide_two(configuration, taker, other, meeting);
}

/*! \brief Whoever sent this one was asked for the one connection that it was about */
static void end_bringing(const struct side *side)
{
	struct facts *facts;

	ast_channel_lock(side->chan);
	if ((facts = facts_of(side->chan))) {
		facts->brought_by[0] = '\0';
	}
	ast_channel_unlock(side->chan);
}

/*! \return 1 when it was looked at and is permitted */
static int decide_sides(
	struct configuration *configuration, struct side *one, struct side *two, const struct meeting *meeting)
{
	struct side *denied;
	/* Whoever sent one of them here is asked, also when the two were connected before that was known. */
	int decided = is_decided(one, two) && !*one->facts.brought_by && !*two->facts.brought_by;

	if ((decided && (one->facts.for_emergency || two->facts.for_emergency)) || is_emergency_line(one)
		|| is_emergency_line(two)) {
		/* Whoever dials an emergency number is let through, also from a device that is nobody's; so is whoever he puts through. */
		return 0;
	}
	if (is_left(one, two)) {
		return 0;
	}
	if ((!decided || one->end == END_UNKNOWN || two->end == END_UNKNOWN)
		&& (denied = decide_undecided(configuration, one, two, meeting))) {
		cut_off(denied->chan);
		end_left_alone_later(denied == one ? two->chan : one->chan);
		return 0;
	}
	end_bringing(one);
	end_bringing(two);
	return 1;
}

void decide_connected(struct configuration *configuration, struct ast_channel *entered, struct ast_channel *other,
	const struct meeting *meeting)
{
	struct side one, two;

	look_at(configuration, entered, &one);
	look_at(configuration, other, &two);
	if (decide_sides(configuration, &one, &two, meeting)) {
		note_with(&one, &two);
		note_with(&two, &one);
	}
}

/*! \brief Does the phone ring for this one, as its facts say? */
static int is_rung_for(const struct side *rung, const struct side *caller)
{
	if (caller->extension) {
		return is_extension(caller, rung->facts.caller) || is_extension(caller, rung->facts.maker);
	}
	return caller->end == END_TRUNK && rung->facts.call.src == CP_EXTERNAL;
}

void decide_rung(struct configuration *configuration, struct ast_channel *caller, struct ast_channel *rung,
	const struct meeting *meeting)
{
	struct side one, two;

	look_at(configuration, caller, &one);
	look_at(configuration, rung, &two);
	two.rings = 1;
	if (!two.facts.for_emergency && !is_rung_for(&two, &one)) {
		decide_sides(configuration, &one, &two, meeting);
	}
}

void decide_room(struct configuration *configuration, struct ast_channel *entered, struct ast_channel *other,
	const struct meeting *meeting)
{
	struct side one, two;

	look_at(configuration, entered, &one);
	look_at(configuration, other, &two);
	if (one.client == two.client || meeting->client || two.facts.cut || is_helper(&one) || is_helper(&two)) {
		return;
	}
	if (cut_off(entered)) {
		deny_unknown(entered, "it is in a conference room with a call of another client, which has not gone there");
	}
}
