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
#else
/* Before Asterisk 17 */
#define SNAPSHOT_UNIQUEID(snapshot) (snapshot)->uniqueid
#endif

/*! \return the channel, with a reference; NULL when it is gone */
static inline struct ast_channel *channel_of(const struct ast_channel_snapshot *snapshot)
{
	return snapshot ? ast_channel_get_by_name(SNAPSHOT_UNIQUEID(snapshot)) : NULL;
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
