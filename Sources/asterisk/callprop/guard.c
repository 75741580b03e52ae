/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What Asterisk tells: dials, parked calls and attended transfers
 *
 * No dialplan runs there. It is decided as soon as Asterisk tells, and ended when it is denied.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/json.h"
#include "asterisk/parking.h"
#include "asterisk/stasis.h"
#include "asterisk/stasis_bridges.h"
#include "asterisk/stasis_channels.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "snapshots.h"

static struct stasis_subscription *dials;
static struct stasis_subscription *parked_calls;
static struct stasis_subscription *transfers;

/*! \brief Notes that this leg, which leads outside, was permitted to an extension. \return 0, or -1 without memory */
static int note_made_by(struct ast_channel *chan, const struct extension *maker)
{
	struct facts facts = {
		.call = { .src = CP_EXTENSION, .dst = CP_EXTERNAL, .leg = CP_LEG_DST },
		.id = facts_new_id(),
		.inherited = 1,
		.ringing = 1,
	};

	ast_copy_string(facts.maker, maker->named.name, sizeof(facts.maker));
	return facts_set(chan, &facts);
}

/*!
 * \brief Decides for what is rung on behalf of a channel of which the dialplan has said nothing: he calls it
 * \param extension whose phone it is; NULL when it is outside
 */
static int decide_for_originator(struct configuration *configuration, struct ast_channel *chan,
	struct extension *extension, struct ast_channel *originator)
{
	struct extension *maker = NULL;
	enum end end = originator ? end_of(configuration, originator, &maker) : END_UNKNOWN;
	cp_call call = { .src = CP_EXTENSION, .dst = CP_EXTERNAL, .leg = CP_LEG_SRC };

	if (!extension && maker) {
		return permits(chan, maker, &call) && !note_made_by(chan, maker);
	}
	if (!extension) {
		return deny_unknown(chan, "it leads outside, and no extension makes this call");
	}
	if (end != END_EXTENSION && end != END_TRUNK) {
		return deny_unknown(chan, "for whom it is rung is not known");
	}
	call = (cp_call){ .src = maker ? CP_EXTENSION : CP_EXTERNAL, .dst = CP_EXTENSION, .leg = CP_LEG_DST };
	return permits(chan, extension, &call);
}

/*!
 * \brief Decides for what the PBX rings itself, without a dialplan: for another channel, or as the first leg of a callback
 * \param extension whose phone it is; NULL when it is outside
 */
static int decide_originated(struct configuration *configuration, struct ast_channel *chan, struct extension *extension)
{
	cp_call call = { .src = CP_EXTENSION, .leg = CP_LEG_SRC, .callback = 1 };
	struct ast_channel *originator;
	char linkedid[AST_MAX_PUBLIC_UNIQUEID];
	int is_alone, permitted;

	ast_channel_lock(chan);
	ast_copy_string(linkedid, ast_channel_linkedid(chan), sizeof(linkedid));
	is_alone = !strcmp(linkedid, ast_channel_uniqueid(chan));
	ast_channel_unlock(chan);
	if (is_alone) {
		/* What is outside is connected with nobody yet. */
		call.dst = extension ? any_destination(status_of(extension)) : CP_EXTERNAL;
		return !extension || permits(chan, extension, &call);
	}
	originator = ast_channel_get_by_name(linkedid);
	permitted = decide_for_originator(configuration, chan, extension, originator);
	ao2_cleanup(originator);
	return permitted;
}

/*! \brief Is this dialled by Dial() or Queue()? They run the pre-dial handler, which was forgotten then. ARI has none. */
static int has_forgotten_handler(struct ast_channel *chan)
{
	const char *application;
	int result;

	ast_channel_lock(chan);
	application = S_OR(ast_channel_appl(chan), "");
	result = !strcmp(application, "AppDial") || !strcmp(application, "AppQueue");
	ast_channel_unlock(chan);
	return result;
}

/*! \brief Decides for a phone that rings without having evaluated CALLPROP_RING() */
static int decide_without_handler(struct configuration *configuration, struct ast_channel *chan,
	struct extension *extension, const struct facts *facts)
{
	if (!is_originated(chan) && has_forgotten_handler(chan)) {
		return deny_unknown(chan, "it rings without having evaluated CALLPROP_RING()");
	}
	/* Who originates for a channel, or creates and dials, has its facts. */
	return facts->id ? decide_ring(configuration, chan) : decide_originated(configuration, chan, extension);
}

/*!
 * \brief Ends what rings a phone and was not decided: a dialplan without the pre-dial handler, or Asterisk of its own accord
 *
 * It comes after the fact: the phone has begun to ring.
 */
static void dial_begun(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	RAII_VAR(struct ast_channel *, chan, NULL, ao2_cleanup);
	struct ast_multi_channel_blob *dial;
	struct extension *extension;
	struct facts facts;
	int permitted;

	if (!configuration || stasis_message_type(message) != ast_channel_dial_type()) {
		return;
	}
	dial = stasis_message_data(message);
	if (!ast_strlen_zero(
			ast_json_string_get(ast_json_object_get(ast_multi_channel_blob_get_json(dial), "dialstatus")))) {
		return;
	}
	chan = channel_of(ast_multi_channel_blob_get_channel(dial, "peer"));
	if (!chan || (facts_get(chan, &facts) && facts.ringing)) {
		return;
	}
	switch (end_of(configuration, chan, &extension)) {
	case END_LOCAL:
		return;
	case END_EXTENSION:
		permitted = decide_without_handler(configuration, chan, extension, &facts);
		break;
	case END_TRUNK:
		permitted = is_originated(chan) && !facts.id ? decide_originated(configuration, chan, NULL)
													 : decide_ring(configuration, chan);
		break;
	default:
		permitted = is_originated(chan) || decide_ring(configuration, chan);
	}
	if (!permitted) {
		reject(chan);
	}
}

/*! \brief Notes on a channel where it is parked */
static void parked_call(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
	const struct ast_parked_call_payload *parked;
	struct ast_channel *chan;
	struct facts *facts;

	if (stasis_message_type(message) != ast_parked_call_type()) {
		return;
	}
	parked = stasis_message_data(message);
	if (!(chan = channel_of(parked->parkee))) {
		return;
	}
	ast_channel_lock(chan);
	if (!(facts = facts_of(chan)) && (facts = facts_made(chan))) {
		/* It was called by somebody, and makes no call itself so far: one that cannot happen, which rings nobody. */
		facts->call.src = CP_IVR;
	}
	if (facts) {
		facts->space = parked->event_type == PARKED_CALL ? parked->parkingspace : 0;
		facts->parked = facts->parked || facts->space;
		ast_copy_string(facts->lot, parked->parkinglot, sizeof(facts->lot));
	}
	ast_channel_unlock(chan);
	ast_channel_unref(chan);
}

/*!
 * \brief After a transfer this channel is connected with another, as though that had called it
 *
 * Ends both when that is denied.
 */
static int decide_transferred(struct configuration *configuration, struct ast_channel *chan, struct ast_channel *other)
{
	struct extension *extension;
	cp_call call = { .dst = CP_EXTENSION, .leg = CP_LEG_DST };
	int src;

	if (end_of(configuration, chan, &extension) != END_EXTENSION) {
		return 1;
	}
	if ((src = party_of_channel(configuration, other)) < 0) {
		return deny_unknown(chan, "with whom it was connected by a transfer is not known");
	}
	call.src = src;
	if (!permits(chan, extension, &call)) {
		return 0;
	}
	note_connected(chan, extension, &call, other);
	return 1;
}

static void decide_transfer(
	struct configuration *configuration, struct ast_channel *transferee, struct ast_channel *target)
{
	int is_called = was_dialled(target);

	note_consultation(transferee);
	note_consultation(target);
	if (is_cut_off(transferee) || is_cut_off(target)) {
		/* That was denied when they were connected, of which Asterisk tells first. */
		cut_off(transferee);
		cut_off(target);
		return;
	}
	/* When both called the one who connects them, each is connected with somebody who was not dialled for it. */
	if (!decide_transferred(configuration, target, transferee)
		|| (!is_called && !decide_transferred(configuration, transferee, target))) {
		cut_off(transferee);
		cut_off(target);
	}
}

/*! The two that a transfer connects, with references. */
struct connected {
	struct ast_channel *transferee;
	/*! Whom the transferer had consulted. */
	struct ast_channel *target;
};

/*! \return the next channel of the bridge that is not the transferer's, with a reference; NULL when there is none */
static struct ast_channel *next_of(const struct ast_bridge_channel_snapshot_pair *side, struct ao2_iterator *iterator)
{
	struct ast_channel *chan = NULL;
	const char *uniqueid;

	while (!chan && (uniqueid = ao2_iterator_next(iterator))) {
		if (strcmp(uniqueid, SNAPSHOT_UNIQUEID(side->channel_snapshot))) {
			chan = ast_channel_get_by_name(uniqueid);
		}
		ao2_ref((void *) uniqueid, -1);
	}
	return chan;
}

/*!
 * \brief Finds the two among the channels of a bridge
 *
 * Asterisk does not name them when the transfer was made by the keys of the phone. The target is the Local channel then.
 */
static void find_connected(const struct ast_bridge_channel_snapshot_pair *side, struct connected *connected)
{
	struct ao2_iterator iterator;
	struct ast_channel *chan;

	if (!side->bridge_snapshot || !side->channel_snapshot) {
		return;
	}
	iterator = ao2_iterator_init(side->bridge_snapshot->channels, 0);
	for (; (chan = next_of(side, &iterator)); ast_channel_unref(chan)) {
		struct ast_channel **found;
		char name[AST_CHANNEL_NAME];

		name_of(chan, name);
		found = is_local(name) ? &connected->target : &connected->transferee;
		if (!*found) {
			*found = ast_channel_ref(chan);
		}
	}
	ao2_iterator_destroy(&iterator);
}

/*!
 * \brief Decides for everybody with whom the transferer was in a bridge of more than two, such as an application's
 *
 * Asterisk puts a Local channel in his place there, which leads to all of them.
 */
static void decide_others(struct configuration *configuration, const struct ast_bridge_channel_snapshot_pair *side,
	const struct connected *connected, int are_transferees)
{
	struct ao2_iterator iterator;
	struct ast_channel *chan;

	if (!side->bridge_snapshot || !side->channel_snapshot) {
		return;
	}
	iterator = ao2_iterator_init(side->bridge_snapshot->channels, 0);
	for (; (chan = next_of(side, &iterator)); ast_channel_unref(chan)) {
		char name[AST_CHANNEL_NAME];

		name_of(chan, name);
		if (!is_local(name) && chan != connected->transferee && chan != connected->target) {
			decide_transfer(configuration, are_transferees ? chan : connected->transferee,
				are_transferees ? connected->target : chan);
		}
	}
	ao2_iterator_destroy(&iterator);
}

/*! \brief Puts the channel that is a party of the call in the place of a Local channel that leads to it */
static void resolve_far_end(struct ast_channel **chan)
{
	struct ast_channel *end = *chan ? far_end(*chan) : NULL;

	if (end) {
		ast_channel_unref(*chan);
		*chan = end;
	}
}

static void note_if_any(struct ast_channel *chan)
{
	if (chan) {
		note_consultation(chan);
	}
}

/*!
 * \brief Decides attended transfers
 *
 * No dialplan runs when two calls become one, so they are decided as soon as Asterisk tells.
 */
static void attended_transfer(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	const struct ast_attended_transfer_message *transfer;
	struct connected connected;

	if (!configuration || stasis_message_type(message) != ast_attended_transfer_type()) {
		return;
	}
	transfer = stasis_message_data(message);
	if (transfer->result != AST_BRIDGE_TRANSFER_SUCCESS) {
		return;
	}
	connected.transferee = channel_of(transfer->transferee);
	connected.target = channel_of(transfer->target);
	if (!connected.transferee || !connected.target) {
		find_connected(&transfer->to_transferee, &connected);
		find_connected(&transfer->to_transfer_target, &connected);
	}
	resolve_far_end(&connected.transferee);
	resolve_far_end(&connected.target);
	if (connected.transferee && connected.target) {
		decide_transfer(configuration, connected.transferee, connected.target);
		decide_others(configuration, &transfer->to_transferee, &connected, 1);
		decide_others(configuration, &transfer->to_transfer_target, &connected, 0);
	} else {
		/* One of them is in an application, where it is connected with nobody: Asterisk's note of the transfer is about nothing more. */
		note_if_any(connected.transferee);
		note_if_any(connected.target);
	}
	ao2_cleanup(connected.transferee);
	ao2_cleanup(connected.target);
}

int guard_start(void)
{
	dials = subscribe(ast_channel_topic_all(), ast_channel_dial_type(), dial_begun);
	parked_calls = subscribe(ast_parking_topic(), ast_parked_call_type(), parked_call);
	transfers = subscribe(ast_bridge_topic_all(), ast_attended_transfer_type(), attended_transfer);
	return !dials || !parked_calls || !transfers || bridges_start() ? -1 : 0;
}

void guard_stop(void)
{
	bridges_stop();
	dials = stasis_unsubscribe_and_join(dials);
	parked_calls = stasis_unsubscribe_and_join(parked_calls);
	transfers = stasis_unsubscribe_and_join(transfers);
}
