/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who was sent on by a blind transfer, and who only has Asterisk's note of one
 *
 * Asterisk notes a blind transfer on everybody in the bridge before it does anything: on who transfers, too, with the name of whom he was
 * connected with, and also when it comes to nothing. Whoever is not sent on may still go on in the dialplan, and does so by his own right. Who
 * was sent Asterisk tells when it has done it. He may be in the dialplan by then, and what is told is waited for there.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "behind.h"
#include "sent.h"
#include "snapshots.h"

/*! How often it is looked whether Asterisk has told, and how long it is waited in between. */
#define LOOKS 1000
#define MICROSECONDS 2000
/*! So long before Asterisk says that it has sent somebody, what that leads to may ring. */
#define BEFORE_MS 500

enum sender look_for_sender(struct ast_channel *chan, char name[CHANNEL_NAME_SIZE])
{
	int looks;

	for (looks = 0; looks < LOOKS; looks++) {
		struct facts facts;
		int known = facts_get(chan, &facts);

		if (!has_note(chan, &facts, BLIND_TRANSFER, name)) {
			return SENT_BY_NOBODY;
		}
		if (!strcmp(name, facts.sent_by)) {
			return SENT_BY_KNOWN;
		}
		if (!known && is_local_channel(chan)) {
			/* It stands in a bridge in the place of who transfers, or whoever originates it says so. Asterisk tells of neither. */
			return SENT_BY_UNKNOWN;
		}
		usleep(MICROSECONDS);
	}
	return SENT_BY_UNKNOWN;
}

/*! \brief From here on this transfer counts, also when the same channel has sent it on before */
static void note_sent(struct ast_channel *chan, const char *by)
{
	struct facts *facts;

	ast_channel_lock(chan);
	if ((facts = facts_made(chan))) {
		ast_copy_string(facts->sent_by, by, sizeof(facts->sent_by));
		facts->diverted[BLIND_TRANSFER][0] = '\0';
	}
	ast_channel_unlock(chan);
}

/*! \brief This transfer sends this one nowhere. Whoever was sent on by another, and has not said where he goes, is still sent by that */
static void note_not_sent(struct ast_channel *chan)
{
	struct facts facts;
	char name[CHANNEL_NAME_SIZE];

	facts_get(chan, &facts);
	if (!has_note(chan, &facts, BLIND_TRANSFER, name) || strcmp(name, facts.sent_by)) {
		note_over(chan, BLIND_TRANSFER);
	}
}

static void note_nobody_sent(const struct ast_bridge_snapshot *bridge)
{
	struct ao2_iterator iterator = ao2_iterator_init(bridge->channels, 0);
	const char *uniqueid;

	for (; (uniqueid = ao2_iterator_next(&iterator)); ao2_ref((void *) uniqueid, -1)) {
		struct ast_channel *chan = channel_with_id(uniqueid);

		if (chan) {
			note_not_sent(chan);
			ast_channel_unref(chan);
		}
	}
	ao2_iterator_destroy(&iterator);
}

void note_blind_transfer(const struct ast_blind_transfer_message *transfer)
{
	RAII_VAR(struct ast_channel *, by, channel_of(transfer->transferer), ao2_cleanup);
	RAII_VAR(struct ast_channel *, sent, NULL, ao2_cleanup);

	if (transfer->result == AST_BRIDGE_TRANSFER_INVALID || transfer->result == AST_BRIDGE_TRANSFER_NOT_PERMITTED) {
		/* Asterisk has noted nothing: what is noted there is of another transfer. */
		return;
	}
	if (by) {
		note_not_sent(by);
	}
	if (transfer->result == AST_BRIDGE_TRANSFER_SUCCESS && transfer->transferee && !transfer->replace_channel) {
		if ((sent = channel_of(transfer->transferee))) {
			note_sent(sent, SNAPSHOT_NAME(transfer->transferer));
		}
	} else if (transfer->bridge) {
		/* Another stands in the place of who transfers, or nobody has gone anywhere. */
		note_nobody_sent(transfer->bridge);
	}
}

/*! \brief Was this one rung well before that moment? What a transfer leads to may ring a little before Asterisk says that it has sent somebody */
static int is_older(struct ast_channel *chan, struct timeval moment)
{
	struct timeval created;

	ast_channel_lock(chan);
	created = ast_channel_creationtime(chan);
	ast_channel_unlock(chan);
	return ast_tvdiff_ms(moment, created) > BEFORE_MS;
}

void cut_off_unsaid(struct ast_channel *sent, const struct ast_bridge *bridge, struct timeval moment)
{
	struct ast_channel_iterator *iterator;
	struct ast_channel *chan;
	struct facts own, facts;

	facts_get(sent, &own);
	if (!own.rings_as || !(iterator = ast_channel_iterator_all_new())) {
		return;
	}
	for (; (chan = ast_channel_iterator_next(iterator)); ast_channel_unref(chan)) {
		facts_get(chan, &facts);
		if ((facts.rung_from == own.rings_as || facts.rung_under == own.rings_as) && !facts.for_emergency
			&& !is_older(chan, moment) && (!facts.was_connected || is_in_bridge(chan, bridge)) && cut_off(chan)) {
			deny_unknown(chan, RUNG_UNSAID);
		}
	}
	ast_channel_iterator_destroy(iterator);
}

void note_arrived(struct ast_channel *chan, const char *bridge)
{
	struct facts *facts;

	ast_channel_lock(chan);
	if ((facts = facts_of(chan))) {
		facts->was_connected = 1;
		ast_copy_string(facts->arrived_in, bridge, sizeof(facts->arrived_in));
		/* Asterisk takes its note of the transfer away here. Whoever sent it is still to be asked, and what it rings next is of no call. */
		if (is_on_the_way(facts)) {
			ast_copy_string(facts->brought_by, facts->sent_by, sizeof(facts->brought_by));
		} else if (!facts->unsaid || facts->parked) {
			facts->brought_by[0] = '\0';
		}
		facts->unsaid = facts->unsaid || *facts->brought_by;
		facts->sent_by[0] = facts->diverted[BLIND_TRANSFER][0] = '\0';
	}
	ast_channel_unlock(chan);
}

int has_arrived(struct ast_channel *chan, const struct ast_bridge *bridge)
{
	struct facts facts;

	return !facts_get(chan, &facts) || !strcmp(facts.arrived_in, bridge->uniqueid);
}

int decide_sender(struct ast_channel *chan, enum end sender_end, struct extension *sender, uint8_t party)
{
	const cp_call call = { .src = CP_EXTENSION, .dst = party, .leg = CP_LEG_SRC };

	if (sender_end == END_UNKNOWN) {
		return deny_unknown(chan, "who transfers it is not known");
	}
	return !sender || permits(chan, sender, &call);
}
