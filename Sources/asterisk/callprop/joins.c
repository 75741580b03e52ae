/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who makes one call of two: by whose right are the two connected?
 *
 * He is of one client. Whoever is of another is outside for him, and he for them.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/bridge.h"
#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "behind.h"
#include "joins.h"

const char *rung_by(const struct side *side)
{
	return !side->extension && side->facts.ringing && is_in_place(side) ? side->facts.maker : "";
}

static int was_with(const struct side *side, const char *name)
{
	return *name && (!strcmp(side->facts.with, name) || !strcmp(rung_by(side), name));
}

struct extension *joiner_of(struct configuration *configuration, const struct side *one, const struct side *two)
{
	const char *name = was_with(two, one->facts.with) ? one->facts.with : rung_by(one);

	return was_with(two, name) ? table_find(&configuration->extensions, name) : NULL;
}

/*! \brief With whom this one was connected last but for the other: Asterisk may have connected the two before it tells of the transfer */
static const char *was_with_before(const struct side *side, const struct side *other)
{
	const struct extension *who = who_is_at(other);

	return who && !strcmp(side->facts.with, who->named.name) ? side->facts.with_before : side->facts.with;
}

static int may_call_outside(struct extension *extension)
{
	const cp_call call = { .src = CP_EXTENSION, .dst = CP_EXTERNAL, .leg = CP_LEG_SRC };

	return cp_permits(status_of(extension)->granted, &call);
}

/*! \brief Does somebody connect these two who may call outside now? */
static int is_by_right(struct configuration *configuration, const struct side *one, const struct side *two)
{
	struct extension *joiner = joiner_of(configuration, one, two);

	return joiner && may_call_outside(joiner);
}

/*! \brief By whose right was it rung: a phone by a colleague, or from another client, or a number outside? Empty when it was not rung so */
static const char *called_by(const struct side *side)
{
	if (!side->extension) {
		return rung_by(side);
	}
	if (!side->facts.ringing || !is_in_place(side)) {
		return "";
	}
	return *side->facts.came_from ? side->facts.came_from : side->facts.caller;
}

int was_called_by(const struct extension *by, const struct side *side, const struct side *other)
{
	const char *with = was_with_before(side, other);

	return by && !strcmp(called_by(side), by->named.name) && (!*with || !strcmp(with, by->named.name));
}

/*!
 * \brief Is this one still where it was connected with who is to have put it through?
 *
 * AMI's Bridge takes it elsewhere. Into an application's bridge its user puts whom he likes, and nobody puts anybody through.
 */
static int is_where_it_was(const struct side *side)
{
	struct ast_bridge *bridge = bridge_of(side->chan);
	int result = bridge && ast_strlen_zero(bridge->creator) && !strcmp(bridge->uniqueid, side->facts.with_in);

	ao2_cleanup(bridge);
	return result;
}

/*! \brief Was this one rung later than the other? Then it is whom somebody consulted, and to whom he puts the other through */
static int was_rung_later(const struct side *side, const struct side *other)
{
	return side->facts.ringing && !is_caller(side) && began_later(side, other);
}

/*! \brief The other comes to this one, which stays where it was with who called the other: by his keys, or out of a queue */
static int has_other_come(struct configuration *configuration, const struct side *one, const struct side *two)
{
	const char *with = was_with_before(one, two);
	struct extension *by = *with ? table_find(&configuration->extensions, with) : NULL;

	return by && !was_rung_later(one, two) && was_called_by(by, two, one) && is_where_it_was(one)
		&& may_call_outside(by) && (!two->extension || by->client == one->extension->client);
}

int was_put_through(
	struct configuration *configuration, const struct side *one, const struct side *two, int in_place_of_another)
{
	int is_taken =
		one->facts.parked || two->facts.parked || one->facts.waits || *one->facts.brought_by || *two->facts.brought_by;

	if (!one->extension || (two->extension && are_colleagues(one, two))) {
		return 0;
	}
	if (in_place_of_another || one->facts.put_through) {
		return *rung_by(two) && !strcmp(one->facts.with, rung_by(two));
	}
	return !is_taken && has_other_come(configuration, one, two);
}

int is_asked_too(
	struct configuration *configuration, const struct side *side, const struct side *taker, int is_put_through)
{
	if (are_colleagues(side, taker)) {
		return !has_inside_call(side);
	}
	return side->extension && taker->extension && !(is_put_through && is_by_right(configuration, side, taker));
}

/*! \brief Is this extension put through to outside by somebody who did not call it, or is not who did any more, and may not? */
static int is_put_outside(
	struct configuration *configuration, struct extension *by, const struct side *side, const struct side *outside)
{
	struct extension *joiner = joiner_of(configuration, side, outside);

	if (!side->extension || are_colleagues(side, outside) || outside->facts.for_emergency) {
		return 0;
	}
	if (by && joiner && by != joiner) {
		return !may_call_outside(by);
	}
	return !outside->extension && !(*rung_by(outside) && !strcmp(rung_by(outside), side->facts.with))
		&& !is_by_right(configuration, side, outside);
}

/*! \brief Whoever makes one call of two calls there himself */
static int permits_joiner(struct extension *joiner, const struct side *one, const struct side *two, uint8_t party)
{
	const cp_call call = { .src = CP_EXTENSION, .dst = party, .leg = CP_LEG_SRC };

	return one->facts.for_emergency || two->facts.for_emergency || permits(one->chan, joiner, &call);
}

int decide_joiner(struct extension *joiner, const struct side *one, const struct side *two)
{
	return permits_joiner(joiner, one, two, CP_EXTERNAL);
}

int is_inside_for(const struct extension *extension, const struct side *side)
{
	const struct extension *who = who_is_at(side);

	return who && who->client == extension->client;
}

int decide_joiner_elsewhere(struct configuration *configuration, const struct side *one, const struct side *two)
{
	struct extension *joiner = joiner_of(configuration, one, two);

	return !joiner || is_inside_for(joiner, one) || is_inside_for(joiner, two) || decide_joiner(joiner, one, two);
}

/*! \return who was at the phone that sends the one to the other, when the two calls were made; NULL when it was not one and the same */
static struct extension *who_had_both(
	struct configuration *configuration, const struct side *sent, const struct side *reached)
{
	const char *name = was_with_before(sent, reached);

	if (!*name) {
		name = rung_by(sent);
	}
	return *name && (!strcmp(was_with_before(reached, sent), name) || !strcmp(rung_by(reached), name))
		? table_find(&configuration->extensions, name)
		: NULL;
}

int decide_transferer(
	struct configuration *configuration, struct extension *by, const struct side *sent, const struct side *reached)
{
	struct extension *had_both = who_had_both(configuration, sent, reached);

	if (!by || by == had_both || (!had_both && (is_inside_for(by, sent) || is_inside_for(by, reached)))) {
		return 1;
	}
	return permits_joiner(by, sent, reached, is_inside_for(by, reached) ? CP_EXTENSION : CP_EXTERNAL);
}

/*! \brief Were these two the last with whom each was connected? That was decided as they were */
static int were_connected(const struct side *one, const struct side *two)
{
	const struct extension *first = who_is_at(one), *second = who_is_at(two);

	return first && second && !strcmp(one->facts.with, second->named.name)
		&& !strcmp(two->facts.with, first->named.name);
}

int are_both_asked(
	struct configuration *configuration, struct extension *by, const struct side *side, const struct side *taker)
{
	if (is_asked_too(configuration, side, taker, 1)) {
		return are_colleagues(side, taker) || !were_connected(side, taker);
	}
	return is_put_outside(configuration, by, side, taker);
}

static void end_inside(const struct side *side)
{
	struct facts *facts;

	ast_channel_lock(side->chan);
	if (side->extension && (facts = facts_of(side->chan))) {
		facts->inside_over = 1;
	}
	ast_channel_unlock(side->chan);
}

void note_inside_over(const struct side *one, const struct side *two)
{
	if (!are_colleagues(one, two)) {
		end_inside(one);
		end_inside(two);
	}
}
