/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What Asterisk tells: dials and parked calls
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

#include "behind.h"
#include "connected.h"
#include "heard.h"
#include "snapshots.h"
#include "unsaid.h"

static struct stasis_subscription *dials;
static struct stasis_subscription *parked_calls;

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
	ast_copy_string(facts.client, maker->client->named.name, sizeof(facts.client));
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
	struct client *client = originator ? client_of_call(configuration, originator) : NULL, *own;
	enum end end = originator ? end_for_client(configuration, client, originator, &maker) : END_UNKNOWN;
	cp_call call = { .src = CP_EXTENSION, .dst = CP_EXTERNAL, .leg = CP_LEG_SRC };
	char name[CHANNEL_NAME_SIZE];

	name_of(chan, name);
	own = extension ? extension->client : client_of_device(configuration, name);
	if (originator && own && own != client) {
		return deny_unknown(chan, "it is another client's than whose call it is rung for");
	}

	if (!extension && maker) {
		return permits(chan, maker, &call) && !note_made_by(chan, maker);
	}
	call.dst = CP_EXTENSION;
	if (maker && !permits(chan, maker, &call)) {
		return 0;
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
 * \param told the channel as it began to ring: it may be connected since, and of another call
 */
static int decide_originated(struct configuration *configuration, struct ast_channel *chan, struct extension *extension,
	struct ast_channel *creator, const struct ast_channel_snapshot *told)
{
	cp_call call = { .src = CP_EXTENSION, .leg = CP_LEG_SRC, .callback = 1 };
	RAII_VAR(struct ast_channel *, originator, creator ? ast_channel_ref(creator) : NULL, ao2_cleanup);
	struct facts facts;

	if (!strcmp(SNAPSHOT_LINKEDID(told), SNAPSHOT_UNIQUEID(told))) {
		/* What is outside is connected with nobody yet. */
		call.dst = extension ? any_destination(status_of(extension)) : CP_EXTERNAL;
		return !extension || permits(chan, extension, &call);
	}
	facts_get(chan, &facts);
	if (!originator && !facts.rung_from) {
		/* Its creator has no facts, and so was connected with nobody: it is he who began. */
		originator = channel_with_id(SNAPSHOT_LINKEDID(told));
	}
	if (originator) {
		facts_get(originator, &facts);
		if (facts.denied) {
			return deny_unknown(chan, "the call for which it is rung was denied");
		}
	}
	return decide_for_originator(configuration, chan, extension, originator);
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

/*! \brief The number in what an application dials: PJSIP/112@trunk, or DAHDI/g1/112 */
static void number_of_dial(const char *dialled, char number[AST_MAX_EXTENSION])
{
	const char *slash = strrchr(dialled, '/'), *from = slash ? slash + 1 : dialled;

	ast_copy_string(number, from, AST_MAX_EXTENSION);
	number[strcspn(number, "@")] = '\0';
}

/*!
 * \brief An application rings outside for a channel that has dialled an emergency number
 *
 * What the dialplan rings for it is its author's. An application may ring anything: it is the emergency only when that is its number.
 */
static void look_for_emergency(struct configuration *configuration, struct ast_channel *chan, const char *dialled)
{
	char number[AST_MAX_EXTENSION];

	number_of_dial(S_OR(dialled, ""), number);
	if (!has_forgotten_handler(chan) && !is_emergency(configuration, client_of_call(configuration, chan), number)) {
		end_emergency(chan);
	}
}

/*! \brief Is who called outside called back to that call, because whom he consulted by keys did not answer? */
static int is_called_back_outside(const struct facts *facts, const struct extension *extension)
{
	return facts->id && facts->call.dst == CP_EXTERNAL && facts->call.leg == CP_LEG_DST
		&& !strcmp(facts->caller, extension->named.name);
}

/*! \brief Who originates for a channel, or creates and dials, has its facts. Others are of a connection that was made before this was told */
static int has_facts_of_creator(const struct facts *facts)
{
	return facts->id && facts->rung_from;
}

/*! \brief Decides for a phone that rings without having evaluated CALLPROP_RING() */
static int decide_without_handler(struct configuration *configuration, struct ast_channel *chan,
	struct extension *extension, const struct facts *facts, struct ast_channel *creator,
	const struct ast_channel_snapshot *told)
{
	const cp_call outside = { .src = CP_EXTENSION, .dst = CP_EXTERNAL, .leg = CP_LEG_SRC };

	if (!is_originated(chan) && has_forgotten_handler(chan)) {
		return deny_unknown(chan, "it rings without having evaluated CALLPROP_RING()" BY_HANDLER);
	}
	if (is_called_back_outside(facts, extension)) {
		return permits(chan, extension, &outside);
	}
	return has_facts_of_creator(facts) ? decide_ring(configuration, chan)
									   : decide_originated(configuration, chan, extension, creator, told);
}

/*!
 * \brief Decides for whoever is at the channel by now that rings a phone, or behind it where it is a Local one
 *
 * Another may be there than who made the call which its dialplan has said. He is asked for, or the phone, as when it answers.
 */
static void decide_moved(struct configuration *configuration, struct ast_channel *caller, struct ast_channel *rung)
{
	struct facts facts;
	struct ends ends;
	size_t i;

	if (!caller || !facts_get(caller, &facts) || !facts.moved) {
		return;
	}
	find_ends(caller, &ends);
	for (i = 0; i < AST_VECTOR_SIZE(&ends.speaking); i++) {
		decide_rung(configuration, AST_VECTOR_GET(&ends.speaking, i), rung, &in_its_place);
	}
	free_ends(&ends);
}

/*! \brief Is this a device to which a phone forwards, and ended? Asterisk notes on it which phone that was, until it is connected */
static int is_ended_forward(struct configuration *configuration, struct ast_channel *chan)
{
	char forwarder[CHANNEL_NAME_SIZE];

	return get_variable(chan, "FORWARDERNAME", forwarder, sizeof(forwarder))
		&& end_forward_to_device(configuration, chan, forwarder);
}

/*! \brief Notes whose forward it is where the dialplan goes on to a number: in the second half of the Local channel that was made for it */
static void note_forwarder(struct ast_channel *first_half, const char *forwarder)
{
	RAII_VAR(struct ast_channel *, chan, other_half(first_half), ao2_cleanup);
	struct facts *facts;

	if (!chan) {
		return;
	}
	ast_channel_lock(chan);
	if ((facts = facts_of(chan))) {
		ast_copy_string(facts->forwarder, forwarder, sizeof(facts->forwarder));
	}
	ast_channel_unlock(chan);
}

/*! \brief Asterisk tells of a forward, too. Its notes of that are gone once what rings has answered, of which this may be told before */
static void forward_told(struct configuration *configuration, const struct ast_channel_snapshot *forwarder,
	const struct ast_channel_snapshot *forwarded)
{
	RAII_VAR(struct ast_channel *, chan, channel_of(forwarded), ao2_cleanup);

	if (!chan || !forwarder) {
		return;
	}
	if (is_local_channel(chan)) {
		note_forwarder(chan, SNAPSHOT_NAME(forwarder));
	} else {
		end_forward_to_device(configuration, chan, SNAPSHOT_NAME(forwarder));
	}
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
	RAII_VAR(struct ast_channel *, caller, NULL, ao2_cleanup);
	struct ast_multi_channel_blob *dial;
	struct ast_channel_snapshot *told;
	struct ast_json *said;
	struct extension *extension;
	struct facts facts;
	int permitted;

	if (!configuration || stasis_message_type(message) != ast_channel_dial_type()) {
		return;
	}
	dial = stasis_message_data(message);
	told = ast_multi_channel_blob_get_channel(dial, "peer");
	forward_told(configuration, told, ast_multi_channel_blob_get_channel(dial, "forwarded"));
	said = ast_multi_channel_blob_get_json(dial);
	if (!ast_strlen_zero(ast_json_string_get(ast_json_object_get(said, "dialstatus")))) {
		return;
	}
	chan = channel_of(told);
	if (!chan) {
		return;
	}
	facts_get(chan, &facts);
	if (facts.cut || is_ended_forward(configuration, chan)) {
		return;
	}
	/* Of what Page() and ARI ring Asterisk does not tell for whom. */
	if (!(caller = channel_of(ast_multi_channel_blob_get_channel(dial, "caller")))) {
		caller = who_rings(&facts);
	}
	if (!facts.for_emergency && is_unsaid(configuration, caller, chan, &facts)) {
		deny_unknown(chan, RUNG_UNSAID);
		reject(chan);
		return;
	}
	if (facts.ringing && facts.rung_from) {
		decide_moved(configuration, caller, chan);
		return;
	}
	switch (end_of(configuration, chan, &extension)) {
	case END_LOCAL:
		return;
	case END_EXTENSION:
		permitted = decide_without_handler(configuration, chan, extension, &facts, caller, told);
		break;
	case END_TRUNK:
		look_for_emergency(configuration, chan, ast_json_string_get(ast_json_object_get(said, "dialstring")));
		permitted = is_originated(chan) && !has_facts_of_creator(&facts)
			? decide_originated(configuration, chan, NULL, caller, told)
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
	if ((facts = facts_made(chan))) {
		/* Who parks by an attended transfer is parked himself first, and another comes in his place. */
		facts->space =
			parked->event_type == PARKED_CALL || parked->event_type == PARKED_CALL_SWAP ? parked->parkingspace : 0;
		facts->parked = facts->parked || facts->space;
		ast_copy_string(facts->lot, parked->parkinglot, sizeof(facts->lot));
	}
	ast_channel_unlock(chan);
	ast_channel_unref(chan);
}

/*! \brief Nobody tells of it when that channel is in a bridge already, such as one that was retrieved at that moment */
static void place_taken(struct facts *facts, struct ast_channel *from, struct ast_channel *chan)
{
	linger(chan);
	unlist_ended_later(from);
	unlist_ended_later(chan);
	taken_over(facts, from, chan);
	look_at_place_later(chan);
}

int guard_start(void)
{
	/* Whoever decides of two who are connected may need it. */
	if (linger_start()) {
		return -1;
	}
	dials = subscribe(ast_channel_topic_all(), ast_channel_dial_type(), dial_begun);
	parked_calls = subscribe(ast_parking_topic(), ast_parked_call_type(), parked_call);
	if (!dials || !parked_calls || bridges_start() || spies_start()) {
		return -1;
	}
	facts_when_taken_over(place_taken);
	return 0;
}

void guard_stop(void)
{
	facts_when_taken_over(NULL);
	spies_stop();
	bridges_stop();
	dials = stasis_unsubscribe_and_join(dials);
	parked_calls = stasis_unsubscribe_and_join(parked_calls);
	linger_stop();
}
