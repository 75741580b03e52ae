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
 *
 * An attended transfer before the answer puts another into a channel, a moment after it is asked for. By then that may be in a bridge, which
 * nobody enters for it: so it is looked at once more.
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
#include "asterisk/taskprocessor.h"
#include "asterisk/utils.h"

#include "snapshots.h"

static struct stasis_subscription *news;

/*! Looks again at channels into which another was put. */
static struct ast_taskprocessor *tasks;

/*! \brief In a conference room it does not count who else is in it, but for the client */
static int is_room(const char *creator)
{
	return !strcmp(creator, "ConfBridge");
}

/*! \brief Whoever is on hold is connected with nobody */
static int connects(const char *creator, const char *technology)
{
	return is_room(creator) || strcmp(technology, "holding_bridge");
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
static void decide_pair(struct configuration *configuration, const char *creator, int in_place_of_another,
	struct ast_channel *entered, struct ast_channel *other)
{
	struct ast_channel *one, *two;

	if (!are_together(entered, other)) {
		return;
	}
	one = far_end(entered);
	two = far_end(other);
	if (one && two && one != two) {
		if (is_room(creator)) {
			decide_room(configuration, one, two);
		} else {
			decide_connected(configuration, one, two, in_place_of_another);
		}
	} else if (!is_room(creator) && is_circle(entered) && cut_off(entered)) {
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

	if (!chan) {
		return;
	}
	if (!connects(blob->bridge->creator, blob->bridge->technology)) {
		note_waiting(blob->bridge, chan);
		return;
	}
	iterator = ao2_iterator_init(blob->bridge->channels, 0);
	for (; (uniqueid = ao2_iterator_next(&iterator)); ao2_ref((void *) uniqueid, -1)) {
		struct ast_channel *other;

		if (strcmp(uniqueid, SNAPSHOT_UNIQUEID(blob->channel)) && (other = channel_with_id(uniqueid))) {
			decide_pair(
				configuration, blob->bridge->creator, ast_json_object_get(blob->blob, "swap") != NULL, chan, other);
			ast_channel_unref(other);
		}
	}
	ao2_iterator_destroy(&iterator);
}

/*! \brief Decides for a channel in whose place another is now, and everybody with whom that is in a bridge */
static void decide_again(struct configuration *configuration, struct ast_channel *chan, struct ast_bridge *bridge)
{
	RAII_VAR(struct ao2_container *, peers, ast_bridge_peers(bridge), ao2_cleanup);
	struct ao2_iterator iterator;
	struct ast_channel *other;

	if (!peers || !connects(bridge->creator, bridge->technology->name)) {
		return;
	}
	iterator = ao2_iterator_init(peers, 0);
	for (; (other = ao2_iterator_next(&iterator)); ast_channel_unref(other)) {
		if (other != chan) {
			decide_pair(configuration, bridge->creator, 1, chan, other);
		}
	}
	ao2_iterator_destroy(&iterator);
}

/*! \param data the channel, with a reference: while another is put into it, Asterisk finds it under no name */
static int look_again(void *data)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct ast_channel *chan = data;
	struct ast_bridge *bridge;

	/* It is locked until the other is there. */
	ast_channel_lock(chan);
	bridge = ast_channel_get_bridge(chan);
	ast_channel_unlock(chan);
	if (bridge) {
		decide_again(configuration, chan, bridge);
		ao2_ref(bridge, -1);
	}
	ast_channel_unref(chan);
	return 0;
}

void bridges_look_again(struct ast_channel *chan)
{
	if (!ast_channel_is_bridged(chan)) {
		/* Whoever enters a bridge is looked at then. */
		return;
	}
	/* Not now: the channels are locked. */
	if (ast_taskprocessor_push(tasks, look_again, ast_channel_ref(chan))) {
		ast_channel_unref(chan);
	}
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
	if (!(tasks = ast_taskprocessor_get("callprop", TPS_REF_DEFAULT))) {
		return -1;
	}
	news = subscribe(ast_bridge_topic_all(), ast_channel_entered_bridge_type(), bridge_told);
	return !news || stasis_subscription_accept_message_type(news, ast_attended_transfer_type()) ? -1 : 0;
}

void bridges_stop(void)
{
	news = stasis_unsubscribe_and_join(news);
	tasks = ast_taskprocessor_unreference(tasks);
}
