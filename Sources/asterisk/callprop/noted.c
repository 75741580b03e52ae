/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What is noted in the facts of two who are connected, or of one who is transferred
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/bridge.h"
#include "asterisk/channel.h"
#include "asterisk/strings.h"

#include "behind.h"
#include "joins.h"

/*! Where Asterisk notes who sends a call to where it goes: the name of his channel. It is left there when that is over. */
static const char *const notes[DIVERSIONS] = {
	[BLIND_TRANSFER] = "BLINDTRANSFER",
	[FORWARD] = "FORWARDERNAME",
	[CONSULTATION] = "ATTENDEDTRANSFER",
};

int has_note(struct ast_channel *chan, const struct facts *facts, enum diversion by, char name[CHANNEL_NAME_SIZE])
{
	if (!get_variable(chan, notes[by], name, CHANNEL_NAME_SIZE)) {
		/* It is gone as soon as whom this dialplan has rung answers, which may be before anybody looks. */
		ast_copy_string(name, by == FORWARD ? facts->forwarder : "", CHANNEL_NAME_SIZE);
	}
	return *name && strcmp(name, facts->diverted[by]);
}

void note_over(struct ast_channel *chan, enum diversion by)
{
	struct facts *facts;
	char name[CHANNEL_NAME_SIZE];

	if (!get_variable(chan, notes[by], name, sizeof(name))) {
		return;
	}
	ast_channel_lock(chan);
	if ((facts = facts_made(chan))) {
		ast_copy_string(facts->diverted[by], name, sizeof(facts->diverted[by]));
	}
	ast_channel_unlock(chan);
}

void note_connected(struct configuration *configuration, struct ast_channel *taker, const struct extension *extension,
	const cp_call *call, struct ast_channel *other)
{
	struct facts *facts;
	/* One of their own: with whomever the other one was connected before, this one was not. */
	int id = facts_new_id();
	struct extension *whose;
	int is_outside = end_of(configuration, other, &whose) == END_TRUNK;

	ast_channel_lock(other);
	if ((facts = facts_made(other))) {
		if (is_outside) {
			/* From here on it is a call of this client. */
			ast_copy_string(facts->client, extension->client->named.name, sizeof(facts->client));
		} else if (whose && !facts->id && !facts->client_only) {
			ast_copy_string(facts->client, whose->client->named.name, sizeof(facts->client));
		}
		facts->parked = facts->client_only = 0;
		facts->id = id;
	}
	ast_channel_unlock(other);
	ast_channel_lock(taker);
	if ((facts = facts_made(taker))) {
		facts->id = id;
		facts->call = *call;
		facts->client_only = 0;
		facts->went_out[0] = '\0';
		ast_copy_string(facts->client, extension->client->named.name, sizeof(facts->client));
		facts->inherited = facts->ringing = 1;
		facts->parked = facts->forwarded = facts->outside = facts->put_through = facts->inside_over = 0;
		facts->maker[0] = facts->caller[0] = '\0';
		ast_copy_string(facts->rung, extension->named.name, sizeof(facts->rung));
	}
	ast_channel_unlock(taker);
}

void note_with(const struct side *side, const struct side *other)
{
	const struct extension *who = who_is_at(other);
	struct ast_bridge *bridge;
	struct facts *facts;

	if (!who) {
		return;
	}
	bridge = bridge_of(side->chan);
	ast_channel_lock(side->chan);
	if ((facts = facts_made(side->chan))) {
		if (strcmp(facts->with, who->named.name)) {
			ast_copy_string(facts->with_before, facts->with, sizeof(facts->with_before));
			ast_copy_string(facts->with, who->named.name, sizeof(facts->with));
		}
		ast_copy_string(facts->with_in, bridge ? bridge->uniqueid : "", sizeof(facts->with_in));
	}
	ast_channel_unlock(side->chan);
	ao2_cleanup(bridge);
}

/*! \brief From here on the call is that of who is there now, and who made it or was rung is not */
static void note_own_call(struct facts *facts, const struct side *side)
{
	const char *caller = side->extension ? side->extension->named.name : "";
	const char *visitor = side->visitor ? side->visitor->named.name : "";

	facts->inherited = facts->ringing = facts->for_emergency = facts->forwarded = facts->outside = 0;
	facts->dst_unknown = facts->makes_callback = facts->whereto_unknown = 0;
	facts->maker[0] = facts->rung[0] = facts->came_from[0] = '\0';
	ast_copy_string(facts->caller, caller, sizeof(facts->caller));
	ast_copy_string(facts->went_out, visitor, sizeof(facts->went_out));
	facts->call =
		(cp_call){ .src = side->extension ? CP_EXTENSION : CP_EXTERNAL, .dst = CP_EXTERNAL, .leg = CP_LEG_DST };
}

/*! \brief Notes that this channel is of a call that was permitted, whoever it is that has it */
static void note_call(const struct side *side, const struct client *client, int id)
{
	struct facts *facts;

	ast_channel_lock(side->chan);
	if ((facts = facts_made(side->chan))) {
		if (!is_in_place(side) || (!facts->id && side->extension)) {
			note_own_call(facts, side);
		}
		if (!facts->id && client) {
			ast_copy_string(facts->client, client->named.name, sizeof(facts->client));
		}
		facts->id = id;
		facts->client_only = 0;
		facts->put_through = facts->sent_outside = facts->parked = 0;
	}
	ast_channel_unlock(side->chan);
}

void note_joined(const struct side *one, const struct side *two)
{
	int id = facts_new_id();

	if (one->rings || two->rings) {
		/* They are not connected yet. */
		return;
	}
	/* What is in no client yet gets into that of the other. */
	note_call(one, was_rung_for_nobody(one) ? two->client : one->client, id);
	note_call(two, was_rung_for_nobody(two) ? one->client : two->client, id);
	note_inside_over(one, two);
}
