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
#include "asterisk/json.h"
#include "asterisk/pbx.h"
#include "asterisk/stasis.h"
#include "asterisk/stasis_bridges.h"
#include "asterisk/stasis_channels.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "snapshots.h"

static struct stasis_subscription *news;

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
static void decide_pair(struct configuration *configuration, struct ast_channel *entered, struct ast_channel *other,
	int in_place_of_another)
{
	struct ast_channel *one, *two;

	if (!are_together(entered, other)) {
		return;
	}
	one = far_end(entered);
	two = far_end(other);
	if (one && two && one != two) {
		decide_connected(configuration, one, two, in_place_of_another);
	} else if (is_circle(entered) && cut_off(entered)) {
		deny_unknown(entered, "it is connected with itself, in a circle of Local channels");
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

static void decide_entry(struct configuration *configuration, const struct ast_bridge_blob *blob)
{
	RAII_VAR(struct ast_channel *, chan, channel_of(blob->channel), ao2_cleanup);
	struct ao2_iterator iterator;
	const char *uniqueid;
	int in_place_of_another;

	if (!chan) {
		return;
	}
	if (!connects(blob->bridge)) {
		note_waiting(blob->bridge, chan);
		return;
	}
	in_place_of_another = ast_json_object_get(blob->blob, "swap") != NULL;
	iterator = ao2_iterator_init(blob->bridge->channels, 0);
	for (; (uniqueid = ao2_iterator_next(&iterator)); ao2_ref((void *) uniqueid, -1)) {
		struct ast_channel *other;

		if (strcmp(uniqueid, SNAPSHOT_UNIQUEID(blob->channel)) && (other = channel_with_id(uniqueid))) {
			decide_pair(configuration, chan, other, in_place_of_another);
			ast_channel_unref(other);
		}
	}
	ao2_iterator_destroy(&iterator);
}

/*! \brief One subscription for both, so that a transfer is heard of after the entry that it makes, as Asterisk tells them */
static void bridge_told(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);

	if (stasis_message_type(message) == ast_channel_entered_bridge_type()) {
		decide_entry(configuration, stasis_message_data(message));
	} else if (stasis_message_type(message) == ast_attended_transfer_type()) {
		decide_attended_transfer(configuration, stasis_message_data(message));
	}
}

int bridges_start(void)
{
	news = subscribe(ast_bridge_topic_all(), ast_channel_entered_bridge_type(), bridge_told);
	return !news || stasis_subscription_accept_message_type(news, ast_attended_transfer_type()) ? -1 : 0;
}

void bridges_stop(void)
{
	news = stasis_unsubscribe_and_join(news);
}
