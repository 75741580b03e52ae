/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Attended transfers: two calls become one
 *
 * No dialplan runs when two calls become one, so they are decided as soon as Asterisk tells. That comes after the two were connected
 * (bridges.c), and who sent whom is known only now.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/bridge.h"
#include "asterisk/channel.h"
#include "asterisk/stasis_bridges.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "connected.h"
#include "joins.h"
#include "snapshots.h"

/*!
 * \brief After a transfer this channel is connected with another, as though that had called it
 *
 * Ends both when that is denied.
 */
static int decide_transferred(struct configuration *configuration, struct ast_channel *chan, struct ast_channel *other)
{
	struct extension *extension;
	cp_call call = { .leg = CP_LEG_DST };
	struct client *client = client_of_connection(configuration, chan, other);
	int src;

	if (end_for_client(configuration, client, chan, &extension) != END_EXTENSION) {
		return 1;
	}
	if ((src = party_of_channel(configuration, client, other)) < 0) {
		return deny_unknown(chan, "with whom it was connected by a transfer is not known");
	}
	call.src = src;
	call.dst = what_led_to(configuration, chan, other);
	if (!permits(chan, extension, &call)) {
		return 0;
	}
	note_connected(configuration, chan, extension, &call, other);
	return 1;
}

/*! \brief Is a number outside there, or somebody of another client than that of the call? */
static int is_outside(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;

	return end_for_client(configuration, client_of_call(configuration, chan), chan, &extension) == END_TRUNK;
}

/*! Whose phone it is that transfers, as far as it is known. */
enum transferer {
	/*! He is a party of both calls. */
	OF_ONE_CLIENT,
	/*! Phones may name a call of anybody, of which they know the dialogue's numbers. */
	OF_TWO_CLIENTS,
	/*! Somebody outside, or who was behind a Local channel that is gone. */
	OF_UNKNOWN_CLIENT,
	/*! callprop.conf does not know the phone, or nobody is there: he is no party of any call that was decided. */
	OF_NOBODY,
};

/*! Who transfers. */
struct transferring {
	enum transferer of;
	/*! Who is at the phone by now, or NULL. */
	struct extension *extension;
};

/*! \brief The client of the phone that this is the name of a channel of; Local channels are looked through */
static struct client *client_of_phone(struct configuration *configuration, const char *name)
{
	struct ast_channel *chan, *far = NULL;
	char found[CHANNEL_NAME_SIZE];

	if (!is_local(name)) {
		return client_of_device(configuration, name);
	}
	if ((chan = ast_channel_get_by_name(name))) {
		far = far_end(chan);
		ast_channel_unref(chan);
	}
	if (!far) {
		return NULL;
	}
	name_of(far, found);
	ast_channel_unref(far);
	return client_of_device(configuration, found);
}

static struct transferring find_transferer(
	struct configuration *configuration, const struct ast_attended_transfer_message *transfer)
{
	const struct ast_channel_snapshot *one = transfer->to_transferee.channel_snapshot;
	const struct ast_channel_snapshot *two = transfer->to_transfer_target.channel_snapshot;
	struct client *of_one = one ? client_of_phone(configuration, SNAPSHOT_NAME(one)) : NULL;
	struct client *of_two = two ? client_of_phone(configuration, SNAPSHOT_NAME(two)) : NULL;
	struct transferring by = { .of = OF_UNKNOWN_CLIENT };

	if (one && end_of_name(configuration, SNAPSHOT_NAME(one), &by.extension) == END_UNKNOWN) {
		by.of = OF_NOBODY;
	} else if (of_one && of_two) {
		by.of = of_one == of_two ? OF_ONE_CLIENT : OF_TWO_CLIENTS;
	}
	return by;
}

/*! \brief Does the transfer stay in one client, or is who transfers a party of both calls? He was asked for each of them */
static int is_by_one_client(
	struct configuration *configuration, enum transferer by, struct ast_channel *transferee, struct ast_channel *target)
{
	struct client *client;

	if (by != OF_UNKNOWN_CLIENT) {
		return by == OF_ONE_CLIENT;
	}
	client = client_of_call(configuration, transferee);
	return client && client == client_of_call(configuration, target);
}

/*! \brief Is this a device of nobody, or is the call in a client that is gone? */
static int is_nobody(const struct side *side)
{
	return !side->client || (side->end == END_UNKNOWN && !is_helper(side));
}

/*! \brief Is one of the three nobody, who transfers included? \return 1 after telling it */
static int is_of_nobody(struct transferring by, const struct side *sent, const struct side *reached)
{
	if (by.of != OF_NOBODY && !is_nobody(sent) && !is_nobody(reached)) {
		return 0;
	}
	deny_unknown(sent->chan,
		"it is transferred by, or to, what is neither the interface of an extension nor a trunk of " CONFIG_FILE
		", or in a client that is not there any more");
	return 1;
}

/*! \brief Decides for the two, and for who connects them. \return 0 when it is denied */
static int permits_transfer(struct configuration *configuration, struct transferring by, struct ast_channel *transferee,
	struct ast_channel *target)
{
	struct side sent, reached;
	int are_both, is_reached_put_through;

	look_at(configuration, transferee, &sent);
	look_at(configuration, target, &reached);
	/* When both called the one who connects them, each is connected with somebody who was not dialled for it. */
	are_both = !(was_dialled(target) || was_called_by(by.extension, &reached, &sent))
		|| are_both_asked(configuration, by.extension, &sent, &reached);
	note_over(transferee, CONSULTATION);
	note_over(target, CONSULTATION);
	if (is_cut_off(transferee) || is_cut_off(target)) {
		/* That was denied when they were connected, of which Asterisk tells first. */
		return 0;
	}
	if (is_emergency_line(&sent) || is_emergency_line(&reached)) {
		return 1;
	}
	if (is_of_nobody(by, &sent, &reached)) {
		return 0;
	}
	if (!is_by_one_client(configuration, by.of, transferee, target)) {
		return deny_unknown(transferee, BY_A_STRANGER);
	}
	if (!decide_transferer(configuration, by.extension, &sent, &reached)) {
		return 0;
	}
	if (is_outside(configuration, transferee) && is_outside(configuration, target)) {
		/* When it was decided as they were connected, it is not decided again. */
		decide_connected(configuration, target, transferee, &(const struct meeting){ 0 });
		return 1;
	}
	/* A phone may send the transfer by either of its two calls: who called it is put through to whom it consulted. */
	is_reached_put_through = is_caller(&reached) && was_called_by(by.extension, &sent, &reached)
		&& was_put_through(configuration, &reached, &sent, 1);
	if (!decide_joiner_elsewhere(configuration, &sent, &reached)
		|| (!is_reached_put_through && !decide_transferred(configuration, target, transferee))
		|| (are_both && !decide_transferred(configuration, transferee, target))) {
		return 0;
	}
	note_inside_over(&sent, &reached);
	return 1;
}

static void decide_transfer(struct configuration *configuration, struct transferring by, struct ast_channel *transferee,
	struct ast_channel *target)
{
	if (!permits_transfer(configuration, by, transferee, target)) {
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
			chan = channel_with_id(uniqueid);
		}
		ao2_ref((void *) uniqueid, -1);
	}
	return chan;
}

/*! \brief Does this for everybody with whom the transferer was in that bridge, if Asterisk tells of one */
static void for_others(
	const struct ast_bridge_channel_snapshot_pair *side, void (*act)(struct ast_channel *chan, void *data), void *data)
{
	struct ao2_iterator iterator;
	struct ast_channel *chan;

	if (!side->bridge_snapshot || !side->channel_snapshot) {
		return;
	}
	iterator = ao2_iterator_init(side->bridge_snapshot->channels, 0);
	for (; (chan = next_of(side, &iterator)); ast_channel_unref(chan)) {
		act(chan, data);
	}
	ao2_iterator_destroy(&iterator);
}

/*!
 * \brief Finds the two among the channels of a bridge
 *
 * Asterisk does not name them when the transfer was made by the keys of the phone. The target is the Local channel then.
 */
static void find_connected(struct ast_channel *chan, void *data)
{
	struct connected *connected = data;
	struct ast_channel **found = is_local_channel(chan) ? &connected->target : &connected->transferee;

	if (!*found) {
		*found = ast_channel_ref(chan);
	}
}

/*! A transfer, seen from one of its two bridges. */
struct transferred {
	struct configuration *configuration;
	struct transferring by;
	const struct connected *connected;
	int are_transferees;
};

/*!
 * \brief Decides for who was in a bridge of more than two with the transferer, such as an application's
 *
 * Asterisk puts a Local channel in his place there, which leads to all of them.
 */
static void decide_other(struct ast_channel *chan, void *data)
{
	const struct transferred *transferred = data;
	const struct connected *connected = transferred->connected;

	if (!is_local_channel(chan) && chan != connected->transferee && chan != connected->target) {
		decide_transfer(transferred->configuration, transferred->by,
			transferred->are_transferees ? chan : connected->transferee,
			transferred->are_transferees ? connected->target : chan);
	}
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

static void note_other(struct ast_channel *chan, void *data)
{
	note_over(chan, CONSULTATION);
}

/*! \brief Asterisk notes a transfer on everybody with whom the transferer was in a bridge, and on himself, who is still there when it fails */
static void note_all(const struct ast_bridge_channel_snapshot_pair *side)
{
	struct ast_channel *own = side->channel_snapshot ? channel_of(side->channel_snapshot) : NULL;

	if (own) {
		note_over(own, CONSULTATION);
		ast_channel_unref(own);
	}
	for_others(side, note_other, NULL);
}

void decide_attended_transfer(struct configuration *configuration, const struct ast_attended_transfer_message *transfer)
{
	struct connected connected = { .transferee = channel_of(transfer->transferee),
		.target = channel_of(transfer->target) };
	/* Looked at first: the channels of who transfers are about to go. */
	struct transferring by = find_transferer(configuration, transfer);

	if (!connected.transferee || !connected.target) {
		for_others(&transfer->to_transferee, find_connected, &connected);
		for_others(&transfer->to_transfer_target, find_connected, &connected);
	}
	resolve_far_end(&connected.transferee);
	resolve_far_end(&connected.target);
	/* Who transfers by keys may hang up before whom he consults has answered: the Local channel leads to nobody yet. */
	if (transfer->result == AST_BRIDGE_TRANSFER_SUCCESS && connected.transferee && connected.target
		&& connected.transferee != connected.target && !is_local_channel(connected.target)) {
		struct transferred transferees = { configuration, by, &connected, 1 },
						   targets = { configuration, by, &connected, 0 };

		decide_transfer(configuration, by, connected.transferee, connected.target);
		for_others(&transfer->to_transferee, decide_other, &transferees);
		for_others(&transfer->to_transfer_target, decide_other, &targets);
	} else {
		/*
		 * It failed, or one of them is in an application, or rings yet behind a Local channel, where it is connected with nobody: Asterisk's
		 * note of the transfer is about nothing more. Whoever is connected later, or rings, is asked for that.
		 */
		note_all(&transfer->to_transferee);
		note_all(&transfer->to_transfer_target);
		decide_bridge(configuration, transfer->to_transferee.bridge_snapshot);
		decide_bridge(configuration, transfer->to_transfer_target.bridge_snapshot);
	}
	ao2_cleanup(connected.transferee);
	ao2_cleanup(connected.target);
}
