/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Another comes in the place of who makes a call, before he is connected with what he calls
 *
 * So it is with an attended transfer to a phone that still rings, or to a queue. Asterisk puts the one who is transferred into the channel
 * of the consultation, with what runs there, and the facts are those of that call. What it rings from then on, it rings for who is
 * there now. What rang before is of another call, so that it is decided again when the two are connected.
 *
 * It happens at once, in the thread of the transfer: Asterisk's own note of it is gone when the two are connected.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/causes.h"
#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

/*!
 * \brief Who is behind a Local channel, by what it has inherited: no other channel can be looked at here
 *
 * Its first half was dialled, and leads to what was dialled; the second leads back to who dialled. A callback rings its first half for
 * who makes the call.
 */
static void find_behind(struct facts *facts, const struct facts *before, struct ast_channel *chan)
{
	if (!before) {
		/* A call that cannot happen: it rings nobody. */
		facts->call.src = CP_IVR;
		return;
	}
	if (before->inherited && is_first_half(chan)) {
		facts->call.src = before->call.dst == CP_EXTERNAL ? CP_EXTERNAL : CP_EXTENSION;
		return;
	}
	facts->call.src = before->call.src;
	ast_copy_string(facts->caller, before->caller, sizeof(facts->caller));
}

/*! \brief From here on the call is made by who was transferred, by the right of who transferred him */
static void put_through(struct facts *facts, const struct facts *before, struct ast_channel *chan)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension = NULL;
	enum end end = configuration ? end_of(configuration, chan, &extension) : END_UNKNOWN;

	ast_copy_string(facts->with, facts->caller, sizeof(facts->with));
	facts->put_through = 1;
	facts->id = facts_new_id();
	facts->caller[0] = '\0';
	switch (end) {
	case END_EXTENSION:
		facts->call.src = CP_EXTENSION;
		ast_copy_string(facts->caller, extension->named.name, sizeof(facts->caller));
		facts->outside = 0;
		break;
	case END_TRUNK:
		facts->call.src = CP_EXTERNAL;
		break;
	case END_LOCAL:
		find_behind(facts, before, chan);
		break;
	default:
		/* A call that cannot happen: it rings nobody. */
		facts->call.src = CP_IVR;
	}
}

void taken_over(struct facts *facts, struct ast_channel *from, struct ast_channel *chan)
{
	const struct facts *before = facts_of(from);
	char name[AST_CHANNEL_NAME];

	if (before) {
		if (before->cut && !facts->cut) {
			facts->cut = 1;
			ast_channel_hangupcause_set(chan, AST_CAUSE_CALL_REJECTED);
			ast_softhangup_nolock(chan, AST_SOFTHANGUP_EXPLICIT);
		}
		facts->sent_outside = before->sent_outside;
	}
	if (!get_variable(from, "ATTENDEDTRANSFER", name, sizeof(name))) {
		return;
	}
	/* It is over with this. */
	ast_copy_string(facts->diverted[CONSULTATION], name, sizeof(facts->diverted[CONSULTATION]));
	if (facts->id && !facts->inherited) {
		put_through(facts, before, chan);
	}
}
