/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What the parts that listen to Stasis share
 */

#ifndef CALLPROP_SNAPSHOTS_H
#define CALLPROP_SNAPSHOTS_H

#include "asterisk/channel.h"
#include "asterisk/stasis.h"
#include "asterisk/stasis_channels.h"

#ifdef CALLPROP_SNAPSHOT_BASE
#define SNAPSHOT_UNIQUEID(snapshot) (snapshot)->base->uniqueid
#define SNAPSHOT_NAME(snapshot) (snapshot)->base->name
#define SNAPSHOT_LINKEDID(snapshot) (snapshot)->peer->linkedid
#else
/* Before Asterisk 17 */
#define SNAPSHOT_UNIQUEID(snapshot) (snapshot)->uniqueid
#define SNAPSHOT_NAME(snapshot) (snapshot)->name
#define SNAPSHOT_LINKEDID(snapshot) (snapshot)->linkedid
#endif

/*!
 * \brief Finds a channel by its unique id
 *
 * Asterisk takes the text for the name of a channel first, and whoever originates by ARI chooses the id: it may be another's name.
 *
 * \return the channel, with a reference; NULL when it is gone
 */
static inline struct ast_channel *channel_with_id(const char *uniqueid)
{
	struct ast_channel *chan = ast_channel_get_by_name(uniqueid);
	struct ast_channel_iterator *iterator = NULL;
	int found = 0;

	while (chan) {
		ast_channel_lock(chan);
		found = !strcmp(ast_channel_uniqueid(chan), uniqueid);
		ast_channel_unlock(chan);
		if (found || (!iterator && !(iterator = ast_channel_iterator_all_new()))) {
			break;
		}
		ast_channel_unref(chan);
		chan = ast_channel_iterator_next(iterator);
	}
	if (iterator) {
		ast_channel_iterator_destroy(iterator);
	}
	if (chan && !found) {
		chan = ast_channel_unref(chan);
	}
	return chan;
}

/*!
 * \brief Finds the channel of a snapshot
 *
 * Asterisk keeps channels by their names. By another key it looks at each that there is, so that comes last: when the channel has
 * got another name since, or is gone.
 *
 * \return the channel, with a reference; NULL when it is gone
 */
static inline struct ast_channel *channel_of(const struct ast_channel_snapshot *snapshot)
{
	struct ast_channel *chan;
	int same;

	if (!snapshot) {
		return NULL;
	}
	if ((chan = ast_channel_get_by_name(SNAPSHOT_NAME(snapshot)))) {
		/* Another channel may have the name by now. */
		ast_channel_lock(chan);
		same = !strcmp(ast_channel_uniqueid(chan), SNAPSHOT_UNIQUEID(snapshot));
		ast_channel_unlock(chan);
		if (same) {
			return chan;
		}
		ast_channel_unref(chan);
	}
	return channel_with_id(SNAPSHOT_UNIQUEID(snapshot));
}

static inline struct stasis_subscription *subscribe(
	struct stasis_topic *topic, struct stasis_message_type *type, stasis_subscription_cb callback)
{
	struct stasis_subscription *subscription = topic ? stasis_subscribe(topic, callback, NULL) : NULL;

	if (subscription) {
		stasis_subscription_accept_message_type(subscription, type);
		stasis_subscription_set_filter(subscription, STASIS_SUBSCRIPTION_FILTER_SELECTIVE);
	}
	return subscription;
}

#endif
