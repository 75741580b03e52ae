/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who is connected with whom
 *
 * Asterisk connects channels in many ways: a dial, pickup, parking, an agent who is logged in, INVITE with Replaces, AMI, ARI,
 * and whatever comes next. All of them put the two into a bridge. So here it is looked at who enters a bridge with whom. The facts
 * say whether that was decided. When it was not, who takes the call is asked, as though it had rung him.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/bridge.h"
#include "asterisk/channel.h"
#include "asterisk/pbx.h"
#include "asterisk/stasis.h"
#include "asterisk/stasis_bridges.h"
#include "asterisk/stasis_channels.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "snapshots.h"

static struct stasis_subscription *entries;

/*! One of the two who are connected. */
struct side {
	struct ast_channel *chan;
	char name[AST_CHANNEL_NAME];
	enum end end;
	/*! NULL when it is no extension's. */
	struct extension *extension;
	struct facts facts;
};

static void look_at(struct configuration *configuration, struct ast_channel *chan, struct side *side)
{
	side->chan = chan;
	name_of(chan, side->name);
	side->end = end_of_name(configuration, side->name, &side->extension);
	facts_get(chan, &side->facts);
}

static int is_extension(const struct side *side, const char *number)
{
	return side->extension && !strcmp(side->extension->named.name, number);
}

/*! \brief Was the channel rung, and is another at it since? That is how a call is picked up. */
static int took_place(const struct side *side)
{
	return side->facts.rung[0] && !is_extension(side, side->facts.rung);
}

/*! \brief Is still there whom the facts are about? */
static int is_in_place(const struct side *side)
{
	if (!side->extension) {
		return side->facts.inherited ? side->facts.ringing && !side->facts.rung[0] : !side->facts.caller[0];
	}
	return is_extension(side, side->facts.inherited ? side->facts.rung : side->facts.caller);
}

/*! \brief Was this one rung for a call that the other makes? */
static int was_rung_for(const struct side *side, const struct side *other)
{
	if (!side->facts.ringing || !is_in_place(side) || !other->extension) {
		return 0;
	}
	return is_extension(other, side->extension ? side->facts.caller : side->facts.maker);
}

static int is_decided(const struct side *one, const struct side *two)
{
	if (was_rung_for(one, two) || was_rung_for(two, one)) {
		return 1;
	}
	if (!one->facts.id || one->facts.id != two->facts.id || !is_in_place(one) || !is_in_place(two)) {
		return 0;
	}
	/* Two whom one call rang are not connected with each other, unless they are the two legs of a callback. */
	return !one->facts.ringing || !two->facts.ringing || one->facts.call.leg != two->facts.call.leg;
}

/*! Channels by which Asterisk itself speaks, listens or records. They are nobody. */
static int is_helper(const struct side *side)
{
	static const char *const helpers[] = { "Announcer/", "Recorder/", "Snoop/", "CBAnn/", "CBRec/", "Surrogate/",
		"Message/" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(helpers); i++) {
		if (!strncmp(side->name, helpers[i], strlen(helpers[i]))) {
			return 1;
		}
	}
	return 0;
}

int cut_off(struct ast_channel *chan)
{
	struct facts *facts;
	int first = 1;

	ast_channel_lock(chan);
	if ((facts = facts_made(chan))) {
		first = !facts->cut;
		facts->cut = 1;
	}
	ast_channel_unlock(chan);
	if (first) {
		reject(chan);
	}
	return first;
}

int is_cut_off(struct ast_channel *chan)
{
	struct facts facts;

	return facts_get(chan, &facts) && facts.cut;
}

void note_consultation(struct ast_channel *chan)
{
	struct facts *facts;
	char name[AST_CHANNEL_NAME];

	if (!get_variable(chan, "ATTENDEDTRANSFER", name, sizeof(name))) {
		return;
	}
	ast_channel_lock(chan);
	if ((facts = facts_made(chan))) {
		ast_copy_string(facts->diverted[CONSULTATION], name, sizeof(facts->diverted[CONSULTATION]));
	}
	ast_channel_unlock(chan);
}

/*! \brief Is this channel connected by a transfer of which Asterisk has not told yet? That is decided then, because then it is known who sent whom. */
static int is_being_transferred(const struct side *side)
{
	char name[AST_CHANNEL_NAME];

	return get_variable(side->chan, "ATTENDEDTRANSFER", name, sizeof(name))
		&& strcmp(name, side->facts.diverted[CONSULTATION]);
}

void note_connected(
	struct ast_channel *taker, const struct extension *extension, const cp_call *call, struct ast_channel *other)
{
	struct facts *facts;
	/* One of their own: with whomever the other one was connected before, this one was not. */
	int id = facts_new_id();

	ast_channel_lock(other);
	if ((facts = facts_made(other))) {
		facts->parked = 0;
		facts->id = id;
	}
	ast_channel_unlock(other);
	ast_channel_lock(taker);
	if ((facts = facts_made(taker))) {
		facts->id = id;
		facts->call = *call;
		facts->inherited = facts->ringing = 1;
		facts->parked = facts->forwarded = facts->outside = 0;
		facts->maker[0] = facts->caller[0] = '\0';
		ast_copy_string(facts->rung, extension->named.name, sizeof(facts->rung));
	}
	ast_channel_unlock(taker);
}

/*! \brief The call as it would have rung who takes it */
static cp_call call_taken(const struct side *taker, const struct side *other)
{
	cp_call call = { .dst = CP_EXTENSION, .leg = CP_LEG_DST };

	if (took_place(taker)) {
		return taker->facts.call;
	}
	call.src = other->extension ? CP_EXTENSION : CP_EXTERNAL;
	if (!other->facts.inherited && other->facts.id && other->facts.call.leg == CP_LEG_DST
		&& other->facts.call.dst == CP_QUEUE) {
		call.dst = CP_QUEUE;
	}
	return call;
}

/*! \brief Does the one make a call, while the other was rung by another's? So it is when a transfer connects them. */
static int calls(const struct side *one, const struct side *other)
{
	return one->facts.id && !one->facts.inherited && is_in_place(one) && other->facts.ringing && is_in_place(other);
}

/*! \brief Of two extensions, the one that takes the call: who has come last, unless it is known better */
static int takes(const struct side *entered, const struct side *other)
{
	if (!entered->extension || !other->extension) {
		return entered->extension != NULL;
	}
	if (took_place(entered) || entered->facts.waits || other->facts.parked) {
		return 1;
	}
	return !took_place(other) && !other->facts.waits && !entered->facts.parked && !calls(entered, other);
}

void decide_connected(struct configuration *configuration, struct ast_channel *entered, struct ast_channel *other)
{
	struct side one, two, *taker, *partner;
	cp_call call;

	look_at(configuration, entered, &one);
	look_at(configuration, other, &two);
	if (one.facts.cut || two.facts.cut || is_helper(&one) || is_helper(&two)) {
		return;
	}
	if (one.end == END_LOCAL || two.end == END_LOCAL) {
		/* Its other half is gone already, such as that of a consultation which was refused: nobody is there. */
		return;
	}
	if ((one.facts.for_emergency || two.facts.for_emergency) && is_decided(&one, &two)) {
		/* Whoever dials an emergency number is let through, also from a device that is nobody's. */
		return;
	}
	if (one.end == END_UNKNOWN || two.end == END_UNKNOWN) {
		taker = one.end == END_UNKNOWN ? &one : &two;
		deny_unknown(
			taker->chan, "it is connected, and is neither the interface of an extension nor a trunk of " CONFIG_FILE);
		cut_off(taker->chan);
		return;
	}
	if ((!one.extension && !two.extension) || is_decided(&one, &two) || is_being_transferred(&one)
		|| is_being_transferred(&two)) {
		return;
	}
	taker = takes(&one, &two) ? &one : &two;
	partner = taker == &one ? &two : &one;
	call = call_taken(taker, partner);
	if (permits(taker->chan, taker->extension, &call)) {
		note_connected(taker->chan, taker->extension, &call, partner->chan);
	} else {
		cut_off(taker->chan);
	}
}

/*! \brief In a conference room it does not count who else is in it; whoever is on hold is connected with nobody */
static int connects(const struct ast_bridge_snapshot *bridge)
{
	return strcmp(bridge->technology, "holding_bridge") && strcmp(bridge->creator, "ConfBridge");
}

static int are_together(struct ast_channel *one, struct ast_channel *two)
{
	struct ast_bridge *first, *second;

	ast_channel_lock(one);
	first = ast_channel_get_bridge(one);
	ast_channel_unlock(one);
	ast_channel_lock(two);
	second = ast_channel_get_bridge(two);
	ast_channel_unlock(two);
	ao2_cleanup(first);
	ao2_cleanup(second);
	return first && first == second;
}

/*! \brief Decides for the two, when they still are together; Local channels are looked through */
static void decide_pair(struct configuration *configuration, struct ast_channel *entered, struct ast_channel *other)
{
	struct ast_channel *one, *two;

	if (!are_together(entered, other)) {
		return;
	}
	one = far_end(entered);
	two = far_end(other);
	if (one && two && one != two) {
		decide_connected(configuration, one, two);
	}
	ao2_cleanup(one);
	ao2_cleanup(two);
}

static void note_waiting(const struct ast_bridge_snapshot *bridge, struct ast_channel *chan)
{
	struct facts *facts;

	if (strcmp(bridge->creator, "AgentPool")) {
		return;
	}
	ast_channel_lock(chan);
	if ((facts = facts_made(chan))) {
		facts->waits = 1;
	}
	ast_channel_unlock(chan);
}

static void entered_bridge(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	RAII_VAR(struct ast_channel *, chan, NULL, ao2_cleanup);
	const struct ast_bridge_blob *blob;
	struct ao2_iterator iterator;
	const char *uniqueid;

	if (!configuration || stasis_message_type(message) != ast_channel_entered_bridge_type()) {
		return;
	}
	blob = stasis_message_data(message);
	if (!(chan = channel_of(blob->channel))) {
		return;
	}
	if (!connects(blob->bridge)) {
		note_waiting(blob->bridge, chan);
		return;
	}
	iterator = ao2_iterator_init(blob->bridge->channels, 0);
	for (; (uniqueid = ao2_iterator_next(&iterator)); ao2_ref((void *) uniqueid, -1)) {
		struct ast_channel *other;

		if (strcmp(uniqueid, SNAPSHOT_UNIQUEID(blob->channel)) && (other = ast_channel_get_by_name(uniqueid))) {
			decide_pair(configuration, chan, other);
			ast_channel_unref(other);
		}
	}
	ao2_iterator_destroy(&iterator);
}

int bridges_start(void)
{
	entries = subscribe(ast_bridge_topic_all(), ast_channel_entered_bridge_type(), entered_bridge);
	return entries ? 0 : -1;
}

void bridges_stop(void)
{
	entries = stasis_unsubscribe_and_join(entries);
}
