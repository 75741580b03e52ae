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

#include "behind.h"
#include "connected.h"
#include "heard.h"
#include "sent.h"
#include "snapshots.h"

static struct stasis_subscription *news;

/*! Another is at this channel: our own news, so that it comes in its turn */
struct place_taken {
	/*! Itself, because it is not found by its name or id until Asterisk is done */
	struct ast_channel *chan;
	/*! The bridge in which it was by then, or NULL. Of any that it enters later Asterisk tells, and of who was there first. */
	struct ast_bridge *bridge;
};
STASIS_MESSAGE_TYPE_DEFN_LOCAL(place_taken_type);

static int are_together(struct ast_channel *one, struct ast_channel *two)
{
	struct ast_bridge *bridge = bridge_of(one);
	int result = bridge && is_in_bridge(two, bridge);

	ao2_cleanup(bridge);
	return result;
}

/*! Where two hear each other. */
enum place {
	IN_BRIDGE,
	IN_ROOM,
	/*! The second one rings. */
	IN_DIAL,
};

static void decide_each(struct configuration *configuration, const struct channels *ones, const struct channels *twos,
	enum place place, const struct meeting *meeting)
{
	size_t i, j;

	for (i = 0; i < AST_VECTOR_SIZE(ones); i++) {
		for (j = 0; j < AST_VECTOR_SIZE(twos); j++) {
			struct ast_channel *one = AST_VECTOR_GET(ones, i), *two = AST_VECTOR_GET(twos, j);

			if (one == two) {
				continue;
			}
			if (place == IN_ROOM) {
				decide_room(configuration, one, two, meeting);
			} else if (place == IN_DIAL) {
				decide_rung(configuration, one, two, meeting);
			} else {
				decide_connected(configuration, one, two, meeting);
			}
		}
	}
}

/*! \brief The client in which the call of this channel is; NULL when that does not follow from its phone, or from what a dialplan has said */
static const struct client *client_known(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;
	struct facts facts;
	int is_said = facts_get(chan, &facts) && (facts.id || facts.inherited);

	return is_said || end_of(configuration, chan, &extension) == END_EXTENSION ? client_of_call(configuration, chan)
																			   : NULL;
}

/*! \brief Somebody may have come to this client by a Local channel, which was decided there: the client in which these two meet, or NULL */
static const struct client *client_of_both(
	struct configuration *configuration, struct ast_channel *one, struct ast_channel *two)
{
	const struct client *client =
		is_local_channel(one) || is_local_channel(two) ? client_known(configuration, one) : NULL;

	return client && client == client_known(configuration, two) ? client : NULL;
}

/*! \brief Decides for the two, when they still are together; Local channels are looked through, to whoever is behind them */
static void decide_pair(struct configuration *configuration, const char *creator, int in_place_of_another,
	struct ast_channel *entered, struct ast_channel *other)
{
	struct meeting meeting = { .in_place_of_another = in_place_of_another }, rung = in_its_place;
	struct ends ones, twos;
	int found;

	if (!are_together(entered, other)) {
		return;
	}
	meeting.client = rung.client = client_of_both(configuration, entered, other);
	found = find_ends(entered, &ones) & find_ends(other, &twos);
	note_moved(&ones);
	note_moved(&twos);
	decide_whispers(configuration, &ones, &twos);
	if (found) {
		decide_each(configuration, &ones.speaking, &twos.speaking, is_room(creator) ? IN_ROOM : IN_BRIDGE, &meeting);
		decide_each(configuration, &ones.speaking, &twos.in_rooms, IN_ROOM, &meeting);
		decide_each(configuration, &ones.in_rooms, &twos.speaking, IN_ROOM, &meeting);
		decide_each(configuration, &ones.in_rooms, &twos.in_rooms, IN_ROOM, &meeting);
		decide_each(configuration, &ones.speaking, &twos.ringing, IN_DIAL, &rung);
		decide_each(configuration, &twos.speaking, &ones.ringing, IN_DIAL, &rung);
	} else if (!is_room(creator) && cut_off(entered)) {
		deny_unknown(entered, "it is connected with itself, in a circle of Local channels");
	}
	free_ends(&ones);
	free_ends(&twos);
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

static void unique_id_of(struct ast_channel *chan, char uniqueid[AST_MAX_UNIQUEID])
{
	ast_channel_lock(chan);
	ast_copy_string(uniqueid, ast_channel_uniqueid(chan), AST_MAX_UNIQUEID);
	ast_channel_unlock(chan);
}

/*!
 * \brief Finds one of these by his unique id
 *
 * While another comes in the place of a channel, Asterisk finds it neither by its name nor by its id; its bridge has it all the while.
 *
 * \return the channel, with a reference; NULL when it is not there
 */
static struct ast_channel *member_with_id(struct ao2_container *members, const char *wanted)
{
	struct ao2_iterator iterator = ao2_iterator_init(members, 0);
	struct ast_channel *chan;
	char uniqueid[AST_MAX_UNIQUEID];

	for (; (chan = ao2_iterator_next(&iterator)); ast_channel_unref(chan)) {
		unique_id_of(chan, uniqueid);
		if (!strcmp(uniqueid, wanted)) {
			break;
		}
	}
	ao2_iterator_destroy(&iterator);
	return chan;
}

/*! \brief Was this channel there when somebody entered? Whoever came after him is told of by himself */
static int was_there(const struct ast_bridge_snapshot *told, struct ast_channel *chan)
{
	char uniqueid[AST_MAX_UNIQUEID];
	void *found;

	unique_id_of(chan, uniqueid);
	found = ao2_find(told->channels, uniqueid, OBJ_SEARCH_KEY);
	ao2_cleanup(found);
	return found != NULL;
}

/*!
 * \brief Decides for a channel and everybody else of these, who were in its bridge
 * \param told for those alone who were there by then; NULL: for all
 */
static void decide_with_all(struct configuration *configuration, const struct ast_bridge *bridge,
	struct ao2_container *members, struct ast_channel *chan, const struct ast_bridge_snapshot *told,
	int in_place_of_another)
{
	struct ao2_iterator iterator = ao2_iterator_init(members, 0);
	struct ast_channel *other;

	for (; (other = ao2_iterator_next(&iterator)); ast_channel_unref(other)) {
		if (other != chan && (!told || was_there(told, other))) {
			decide_pair(configuration, bridge->creator, in_place_of_another, chan, other);
		}
	}
	ao2_iterator_destroy(&iterator);
}

/*! \brief Decides for whoever is there now. What was decided already is not decided again */
static void decide_all(struct configuration *configuration, const struct ast_bridge *bridge,
	struct ao2_container *members, int in_place_of_another)
{
	struct ao2_iterator iterator = ao2_iterator_init(members, 0);
	struct ast_channel *chan;

	for (; (chan = ao2_iterator_next(&iterator)); ast_channel_unref(chan)) {
		decide_with_all(configuration, bridge, members, chan, NULL, in_place_of_another);
	}
	ao2_iterator_destroy(&iterator);
}

void decide_bridge(struct configuration *configuration, const struct ast_bridge_snapshot *told)
{
	RAII_VAR(struct ast_bridge *, bridge, told ? ast_bridge_find_by_id(told->uniqueid) : NULL, ao2_cleanup);
	RAII_VAR(struct ao2_container *, members, members_of(bridge), ao2_cleanup);

	if (members) {
		decide_all(configuration, bridge, members, 0);
	}
}

static void decide_entry(struct configuration *configuration, const struct ast_bridge_blob *blob)
{
	RAII_VAR(struct ast_bridge *, bridge, ast_bridge_find_by_id(blob->bridge->uniqueid), ao2_cleanup);
	RAII_VAR(struct ao2_container *, members, members_of(bridge), ao2_cleanup);
	RAII_VAR(struct ast_channel *, entered, channel_of(blob->channel), ao2_cleanup);
	RAII_VAR(struct ast_channel *, chan, NULL, ao2_cleanup);
	int in_place_of_another = ast_json_object_get(blob->blob, "swap") != NULL;

	if (entered) {
		note_arrived(entered, blob->bridge->uniqueid);
	}
	if (!connects(blob->bridge->creator, blob->bridge->technology)) {
		if (entered) {
			note_waiting(blob->bridge, entered);
			decide_announcers(configuration, entered);
		}
		return;
	}
	if (!members) {
		return;
	}
	if ((chan = member_with_id(members, SNAPSHOT_UNIQUEID(blob->channel)))) {
		decide_with_all(configuration, bridge, members, chan, blob->bridge, in_place_of_another);
	} else {
		/* He has left, or another came in his place just before. */
		decide_all(configuration, bridge, members, in_place_of_another);
	}
}

static void free_place_taken(void *object)
{
	struct place_taken *taken = object;

	ast_channel_unref(taken->chan);
	ao2_cleanup(taken->bridge);
}

void look_at_place_later(struct ast_channel *chan)
{
	RAII_VAR(struct place_taken *, taken,
		ao2_alloc_options(sizeof(*taken), free_place_taken, AO2_ALLOC_OPT_LOCK_NOLOCK), ao2_cleanup);
	struct stasis_message *message;

	if (!taken) {
		return;
	}
	taken->chan = ast_channel_ref(chan);
	taken->bridge = bridge_of(chan);
	if ((message = stasis_message_create(place_taken_type(), taken))) {
		stasis_publish(ast_bridge_topic_all(), message);
		ao2_ref(message, -1);
	}
}

/*!
 * \brief Decides for who is at this channel now, and what rings for it: sound may go both ways before that answers
 *
 * Who pages is in a room already while the phones ring for him.
 */
static void decide_before_answer(struct configuration *configuration, struct ast_channel *chan, int in_bridge)
{
	struct ends here, there;

	find_ringing(chan, &there);
	note_moved(&there);
	if (find_ends(chan, &here)) {
		decide_each(configuration, &here.speaking, &there.ringing, IN_DIAL, &in_its_place);
		if (!in_bridge) {
			decide_each(configuration, &here.speaking, &there.speaking, IN_BRIDGE, &in_its_place);
		}
	}
	free_ends(&here);
	free_ends(&there);
}

static void decide_place_taken(struct configuration *configuration, const struct place_taken *taken)
{
	struct ast_channel *chan = taken->chan;
	RAII_VAR(struct ast_bridge *, bridge, bridge_of(chan), ao2_cleanup);
	RAII_VAR(struct ao2_container *, members, members_of(bridge), ao2_cleanup);

	tell_of_taken_over(chan);
	if (members && bridge == taken->bridge) {
		decide_with_all(configuration, bridge, members, chan, NULL, 1);
	}
	decide_before_answer(configuration, chan, members != NULL);
	decide_whispers_anew(configuration, chan);
	decide_announcers(configuration, chan);
}

/*!
 * \brief Notes who was sent on
 *
 * He may be in a bridge there before Asterisk tells that he was. When that has told of his entry, he entered as though nobody had sent him, and is
 * decided again; else he is decided when it does, after who was there before him.
 */
static void decide_sent(
	struct configuration *configuration, const struct ast_blind_transfer_message *transfer, struct timeval moment)
{
	RAII_VAR(struct ast_channel *, sent, transfer->transferee ? channel_of(transfer->transferee) : NULL, ao2_cleanup);
	RAII_VAR(struct ast_bridge *, bridge, sent ? bridge_of(sent) : NULL, ao2_cleanup);
	RAII_VAR(struct ao2_container *, members, members_of(bridge), ao2_cleanup);
	int is_there = bridge && has_arrived(sent, bridge);

	note_blind_transfer(transfer);
	if (!bridge || !transfer->bridge || !strcmp(bridge->uniqueid, transfer->bridge->uniqueid)) {
		return;
	}
	if (is_there) {
		note_arrived(sent, bridge->uniqueid);
	}
	cut_off_unsaid(sent, bridge, moment);
	if (is_there && members) {
		decide_with_all(configuration, bridge, members, sent, NULL, 0);
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
	} else if (stasis_message_type(message) == ast_blind_transfer_type()) {
		decide_sent(configuration, stasis_message_data(message), *stasis_message_timestamp(message));
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
			|| stasis_subscription_accept_message_type(news, ast_blind_transfer_type())
			|| stasis_subscription_accept_message_type(news, place_taken_type())
		? -1
		: 0;
}

void bridges_stop(void)
{
	news = stasis_unsubscribe_and_join(news);
	STASIS_MESSAGE_TYPE_CLEANUP(place_taken_type);
}
