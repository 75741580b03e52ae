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
#include "asterisk/utils.h"

#include "snapshots.h"

static struct stasis_subscription *news;

/*! Another is at this channel, which is in a bridge: our own news, so that it comes in its turn. It holds the channel. */
STASIS_MESSAGE_TYPE_DEFN_LOCAL(place_taken_type);

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

/*! \return the bridge that the channel is in, with a reference; NULL when it is in none */
static struct ast_bridge *bridge_of(struct ast_channel *chan)
{
	struct ast_bridge *bridge;

	ast_channel_lock(chan);
	bridge = ast_channel_get_bridge(chan);
	ast_channel_unlock(chan);
	return bridge;
}

static int are_together(struct ast_channel *one, struct ast_channel *two)
{
	struct ast_bridge *first = bridge_of(one), *second = bridge_of(two);

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
	decide_whispers(configuration, entered, other);
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

/*! \return who is in the bridge now; NULL when there is none, or nobody is connected by it */
static struct ao2_container *members_of(struct ast_bridge *bridge)
{
	struct ao2_container *members = NULL;

	if (!bridge) {
		return NULL;
	}
	ast_bridge_lock(bridge);
	if (connects(bridge->creator, bridge->technology->name)) {
		members = ast_bridge_peers_nolock(bridge);
	}
	ast_bridge_unlock(bridge);
	return members;
}

/*! \brief Decides for a channel and everybody else of these, who were in its bridge */
static void decide_with_all(struct configuration *configuration, const struct ast_bridge *bridge,
	struct ao2_container *members, struct ast_channel *chan, int in_place_of_another)
{
	struct ao2_iterator iterator = ao2_iterator_init(members, 0);
	struct ast_channel *other;

	for (; (other = ao2_iterator_next(&iterator)); ast_channel_unref(other)) {
		if (other != chan) {
			decide_pair(configuration, bridge->creator, in_place_of_another, chan, other);
		}
	}
	ao2_iterator_destroy(&iterator);
}

/*!
 * \brief Who was told to have entered is not there: he has left, or another came in his place just before
 *
 * Asterisk tells then of who was there before. So it is decided for whoever is there now. What was decided already is not decided again.
 */
static void decide_all(
	struct configuration *configuration, const struct ast_bridge_snapshot *told, int in_place_of_another)
{
	RAII_VAR(struct ast_bridge *, bridge, ast_bridge_find_by_id(told->uniqueid), ao2_cleanup);
	RAII_VAR(struct ao2_container *, members, members_of(bridge), ao2_cleanup);
	struct ao2_iterator iterator;
	struct ast_channel *chan;

	if (!members) {
		return;
	}
	iterator = ao2_iterator_init(members, 0);
	for (; (chan = ao2_iterator_next(&iterator)); ast_channel_unref(chan)) {
		decide_with_all(configuration, bridge, members, chan, in_place_of_another);
	}
	ao2_iterator_destroy(&iterator);
}

static int is_in(struct ast_channel *chan, const struct ast_bridge_snapshot *told)
{
	RAII_VAR(struct ast_bridge *, bridge, bridge_of(chan), ao2_cleanup);

	return bridge && !strcmp(bridge->uniqueid, told->uniqueid);
}

static void decide_entry(struct configuration *configuration, const struct ast_bridge_blob *blob)
{
	RAII_VAR(struct ast_channel *, chan, channel_of(blob->channel), ao2_cleanup);
	struct ao2_iterator iterator;
	const char *uniqueid;
	int in_place_of_another = ast_json_object_get(blob->blob, "swap") != NULL;

	if (!chan || !is_in(chan, blob->bridge)) {
		decide_all(configuration, blob->bridge, in_place_of_another);
	}
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
			decide_pair(configuration, blob->bridge->creator, in_place_of_another, chan, other);
			ast_channel_unref(other);
		}
	}
	ao2_iterator_destroy(&iterator);
}

void look_at_bridge_later(struct ast_channel *chan)
{
	RAII_VAR(struct ast_bridge *, bridge, ast_channel_get_bridge(chan), ao2_cleanup);
	/* The channel itself, because it is not found by its name or id until Asterisk is done. */
	struct stasis_message *message = bridge ? stasis_message_create(place_taken_type(), chan) : NULL;

	if (message) {
		stasis_publish(ast_bridge_topic_all(), message);
		ao2_ref(message, -1);
	}
}

static void decide_place_taken(struct configuration *configuration, struct ast_channel *chan)
{
	RAII_VAR(struct ast_bridge *, bridge, bridge_of(chan), ao2_cleanup);
	RAII_VAR(struct ao2_container *, members, members_of(bridge), ao2_cleanup);

	if (members) {
		decide_with_all(configuration, bridge, members, chan, 1);
	}
}

/*! \brief One subscription for all, so that a transfer is heard of after the entry that it makes, as Asterisk tells them */
static void bridge_told(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);

	if (stasis_message_type(message) == ast_channel_entered_bridge_type()) {
		decide_entry(configuration, stasis_message_data(message));
	} else if (stasis_message_type(message) == ast_attended_transfer_type()) {
		decide_attended_transfer(configuration, stasis_message_data(message));
	} else if (stasis_message_type(message) == place_taken_type()) {
		decide_place_taken(configuration, stasis_message_data(message));
	}
}

int bridges_start(void)
{
	if (STASIS_MESSAGE_TYPE_INIT(place_taken_type)) {
		return -1;
	}
	news = subscribe(ast_bridge_topic_all(), ast_channel_entered_bridge_type(), bridge_told);
	return !news || stasis_subscription_accept_message_type(news, ast_attended_transfer_type())
			|| stasis_subscription_accept_message_type(news, place_taken_type())
		? -1
		: 0;
}

void bridges_stop(void)
{
	news = stasis_unsubscribe_and_join(news);
	STASIS_MESSAGE_TYPE_CLEANUP(place_taken_type);
}
