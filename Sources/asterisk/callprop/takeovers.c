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
#include "asterisk/chanvars.h"
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
	if (strcmp(before->client, facts->client)
		|| (before->inherited && is_first_half(chan) && before->call.dst == CP_EXTERNAL)) {
		facts->call.src = CP_EXTERNAL;
		return;
	}
	if (before->inherited && is_first_half(chan)) {
		facts->call.src = CP_EXTENSION;
		return;
	}
	facts->call.src = before->call.src;
	ast_copy_string(facts->caller, before->caller, sizeof(facts->caller));
}

/*! \brief Puts in the facts who is at the channel now. Whoever is of another client than the call is outside */
static void note_caller(
	struct configuration *configuration, struct facts *facts, const struct facts *before, struct ast_channel *chan)
{
	struct extension *extension;

	facts->caller[0] = facts->went_out[0] = '\0';
	switch (end_of(configuration, chan, &extension)) {
	case END_EXTENSION:
		facts->outside = 0;
		if (strcmp(extension->client->named.name, facts->client)) {
			facts->call.src = CP_EXTERNAL;
			ast_copy_string(facts->went_out, extension->named.name, sizeof(facts->went_out));
			break;
		}
		facts->call.src = CP_EXTENSION;
		ast_copy_string(facts->caller, extension->named.name, sizeof(facts->caller));
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

/*! \brief The client of the call that who is at the channel now had before */
static const char *client_before(
	struct configuration *configuration, const struct facts *before, struct ast_channel *chan)
{
	struct extension *extension;

	if (end_of(configuration, chan, &extension) == END_EXTENSION
		&& (!before || strcmp(before->went_out, extension->named.name))) {
		return extension->client->named.name;
	}
	return before ? before->client : "";
}

/*!
 * \brief Is who transfers a party of both calls, as far as clients go?
 *
 * A phone may name a call of anybody, of which it knows the dialogue's numbers. When it is not known whose phone that is, the two calls have
 * to be of one client.
 */
static int is_by_one_client(
	struct configuration *configuration, const struct facts *facts, const char *transferer, const char *before)
{
	const char *who = S_OR(facts->caller, facts->went_out);
	const struct client *client = client_of_device(configuration, transferer);

	return !strcmp(client && *who ? client->named.name : before, client && *who ? client_in_name(who) : facts->client);
}

/*!
 * \brief By whose right somebody is put through: of whose phone it is that transfers
 *
 * That is who made the call, unless another has come to the phone since, or a colleague names a call that is none of his: he was not asked
 * for it. Of a Local channel, or outside, it is who made the call.
 */
static const char *who_puts_through(
	struct configuration *configuration, const struct facts *facts, const char *transferer)
{
	struct extension *extension;

	return end_of_name(configuration, transferer, &extension) == END_EXTENSION ? extension->named.name
																			   : S_OR(facts->caller, facts->went_out);
}

/*! \brief Is this a phone that callprop.conf does not know, or at which nobody is any more? */
static int is_unknown_phone(struct configuration *configuration, const char *transferer)
{
	struct extension *extension;

	return end_of_name(configuration, transferer, &extension) == END_UNKNOWN;
}

/*! \brief Another than who made the call may be at the phone by now, or a colleague names a call of another: he has to have the right for it himself */
static int may_put_through(struct configuration *configuration, const struct facts *facts, const char *transferer)
{
	struct extension *extension;
	const char *made_by = S_OR(facts->caller, facts->went_out);
	const cp_call call = { .src = CP_EXTENSION, .dst = facts->call.dst, .leg = CP_LEG_SRC };

	return end_of_name(configuration, transferer, &extension) != END_EXTENSION || !*made_by
		|| !strcmp(made_by, extension->named.name) || facts->emergency == EMERGENCY_DIALLED
		|| cp_permits(status_of(extension)->granted, &call);
}

/*! \brief The same as cut_off(), for a channel that is locked */
static void end(struct facts *facts, struct ast_channel *chan)
{
	facts->cut = 1;
	ast_channel_hangupcause_set(chan, AST_CAUSE_CALL_REJECTED);
	ast_softhangup_nolock(chan, AST_SOFTHANGUP_EXPLICIT);
}

/*! \brief From here on the call is made by who was transferred, by the right of who transferred him */
static void put_through(
	struct facts *facts, const struct facts *before, struct ast_channel *chan, const char *transferer)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	int is_known = configuration && !is_unknown_phone(configuration, transferer)
		&& is_by_one_client(configuration, facts, transferer, client_before(configuration, before, chan));
	int permitted = is_known && may_put_through(configuration, facts, transferer);

	ast_copy_string(
		facts->with, permitted ? who_puts_through(configuration, facts, transferer) : "", sizeof(facts->with));
	facts->put_through = permitted;
	facts->id = facts_new_id();
	if (permitted) {
		note_caller(configuration, facts, before, chan);
		return;
	}
	/* A call that cannot happen. Nobody can be told while the channels are locked. */
	facts->caller[0] = facts->went_out[0] = '\0';
	facts->call.src = CP_IVR;
	facts->untold = is_known ? UNTOLD_RIGHT : UNTOLD_STRANGER;
	end(facts, chan);
}

void tell_of_taken_over(struct ast_channel *chan)
{
	static const char *const why[] = {
		[UNTOLD_STRANGER] = BY_A_STRANGER,
		[UNTOLD_RIGHT] = "it is put through by somebody who did not make that call, and may not call there himself",
		[UNTOLD_SERVICE] = "it comes in the place of who uses a service: that is for the phone that dials it itself",
	};
	struct facts *facts;
	enum untold untold = UNTOLD_NOTHING;

	ast_channel_lock(chan);
	if ((facts = facts_of(chan))) {
		untold = facts->untold;
		facts->untold = UNTOLD_NOTHING;
	}
	ast_channel_unlock(chan);
	if (untold != UNTOLD_NOTHING) {
		deny_unknown(chan, why[untold]);
	}
}

/*!
 * \brief Forgets the transfers by which others came to this channel before
 *
 * Asterisk puts the notes of who comes behind those that the channel has, and takes the first one away when it is connected. By what is left of an
 * earlier transfer the channel would seem to be in one, of which Asterisk has not told yet, and nobody would be asked.
 */
static void forget_transfers(struct ast_channel *chan)
{
	struct ast_var_t *variable;

	AST_LIST_TRAVERSE_SAFE_BEGIN(ast_channel_varshead(chan), variable, entries)
	{
		if (!strcmp(ast_var_name(variable), "ATTENDEDTRANSFER")) {
			AST_LIST_REMOVE_CURRENT(entries);
			ast_var_delete(variable);
		}
	}
	AST_LIST_TRAVERSE_SAFE_END;
}

void taken_over(struct facts *facts, struct ast_channel *from, struct ast_channel *chan)
{
	const struct facts *before = facts_of(from);
	const char *sender;
	char name[CHANNEL_NAME_SIZE];

	facts->moved = 1;
	if (before) {
		if (before->cut && (facts == before || !facts->cut)) {
			/* Asterisk forgets that it was to be ended. */
			end(facts, chan);
		}
		facts->sent_outside = before->sent_outside;
		sender = is_on_the_way(before) ? before->sent_by : before->brought_by;
		if (facts != before && *sender) {
			/* So it is when he picks up: the call in which he comes was not said. */
			ast_copy_string(facts->sent_by, sender, sizeof(facts->sent_by));
			facts->diverted[BLIND_TRANSFER][0] = '\0';
		}
		if (facts != before) {
			/* Who listens in to him does so here. */
			ast_copy_string(
				facts->heard_as[0] ? facts->also_heard_as : facts->heard_as, before->heard_as, sizeof(facts->heard_as));
		}
	}
	if (facts != before && facts->in_service) {
		facts->untold = UNTOLD_SERVICE;
		end(facts, chan);
	}
	if (!get_variable(from, "ATTENDEDTRANSFER", name, sizeof(name))) {
		return;
	}
	/* It is over with this. */
	forget_transfers(chan);
	ast_copy_string(facts->diverted[CONSULTATION], name, sizeof(facts->diverted[CONSULTATION]));
	if (facts == before || !facts->id) {
		/* The dialplan has said nothing there, and his own came with him. Who transfers him calls whoever he is connected with. */
		facts->unsaid = 1;
		ast_copy_string(facts->brought_by, name, sizeof(facts->brought_by));
	} else if (!facts->inherited) {
		put_through(facts, before, chan, name);
	}
}
