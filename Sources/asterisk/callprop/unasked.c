/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Numbers for which nobody is asked: emergency numbers, and services of the PBX
 *
 * What lets a call through here is the whole number that was dialled, and nothing that only begins with it. It holds until the
 * dialplan of the channel says that the call goes to another number, or is at another one without saying so, or somebody sends the
 * call elsewhere.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/pbx.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "snapshots.h"

static void report_emergency(struct ast_channel *chan, const struct client *client, const char *number)
{
	char *channel, *uniqueid, *linkedid;

	ast_channel_lock(chan);
	channel = ast_strdupa(ast_channel_name(chan));
	uniqueid = ast_strdupa(ast_channel_uniqueid(chan));
	linkedid = ast_strdupa(ast_channel_linkedid(chan));
	ast_channel_unlock(chan);

	ast_log(LOG_NOTICE, "Call %s, %s: emergency number %s: let through, nobody is asked\n", linkedid, channel, number);
	raise_channel_event(chan, "CallpropEmergency",
		(const struct event_field[]){
			{ "Number", number },
			{ "Client", client ? client->named.name : "" },
			{ "Channel", channel },
			{ "Uniqueid", uniqueid },
			{ "Linkedid", linkedid },
			{ NULL, NULL },
		});
}

/*! \brief Where the dialplan of the channel is, seen from outside of the subroutine that runs */
static void place_of(struct ast_channel *chan, char place[AST_MAX_EXTENSION])
{
	if (in_subroutine(chan)) {
		if (ast_func_read(chan, "STACK_PEEK(1,e)", place, AST_MAX_EXTENSION)) {
			*place = '\0';
		}
		return;
	}
	ast_channel_lock(chan);
	ast_copy_string(place, ast_channel_exten(chan), AST_MAX_EXTENSION);
	ast_channel_unlock(chan);
}

void note_emergency_place(struct ast_channel *chan, struct facts *facts)
{
	ast_channel_lock(chan);
	ast_copy_string(facts->emergency_on, ast_channel_uniqueid(chan), sizeof(facts->emergency_on));
	ast_channel_unlock(chan);
	place_of(chan, facts->emergency_at);
}

/*!
 * \brief Notes that what this channel rings now is rung for an emergency
 *
 * The facts are found as for any call, for whoever is connected by it, or makes another one later. When they cannot be known, it is a call
 * that cannot happen: it rings nobody but for the emergency.
 */
static void note_emergency(
	struct configuration *configuration, struct ast_channel *chan, const struct scene *scene, const char *number)
{
	struct maker maker;
	struct facts facts;

	if (!scene->client || find_facts(configuration, scene, chan, NULL, number, CP_EXTERNAL, &facts)
		|| find_maker(configuration, scene, chan, CP_EXTERNAL, &facts, &maker)) {
		memset(&maker, 0, sizeof(maker));
		memset(&facts, 0, sizeof(facts));
		facts.id = facts_new_id();
		facts.call.src = CP_IVR;
		ast_copy_string(facts.client, scene->client ? scene->client->named.name : "", sizeof(facts.client));
		if (scene->own) {
			ast_copy_string(facts.caller, scene->own->named.name, sizeof(facts.caller));
		}
	}
	note_maker(scene, &maker, &facts);
	facts.emergency = EMERGENCY_DIALLED;
	facts.unsaid = facts.whereto_unknown = 0;
	facts.brought_by[0] = '\0';
	note_emergency_place(chan, &facts);
	facts_set(chan, &facts);
	note_far_end(scene, chan);
}

void end_emergency(struct ast_channel *chan)
{
	struct facts *facts;

	ast_channel_lock(chan);
	if ((facts = facts_of(chan))) {
		facts->emergency = NO_EMERGENCY;
	}
	ast_channel_unlock(chan);
}

struct extension *who_dials_itself(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;
	char transferer[CHANNEL_NAME_SIZE];

	return end_of(configuration, chan, &extension) != END_EXTENSION || (was_dialled(chan) && !is_originated(chan))
			|| get_variable(chan, "BLINDTRANSFER", transferer, sizeof(transferer))
		? NULL
		: extension;
}

/*! \brief A phone that the file gives to nobody, and at which nobody is: there one logs in */
static int is_phone_of_nobody(
	struct configuration *configuration, const struct client *client, struct ast_channel *chan)
{
	struct extension *extension;
	char name[CHANNEL_NAME_SIZE];

	name_of(chan, name);
	return end_of_name(configuration, name, &extension) == END_UNKNOWN && client
		&& client_of_device(configuration, name) == client;
}

/*! \brief A service is for whoever is at the phone, so it is the phone itself that dials it, and nobody who sends another there */
static int decide_service(struct configuration *configuration, struct ast_channel *chan, const struct scene *scene)
{
	char transferer[CHANNEL_NAME_SIZE];
	struct facts *facts;
	int is_phone = scene->own || is_phone_of_nobody(configuration, scene->client, chan);

	if (!is_phone || (was_dialled(chan) && !is_originated(chan))
		|| get_variable(chan, "BLINDTRANSFER", transferer, sizeof(transferer))) {
		return deny_unknown(chan, "a service is for the phone of an extension that dials it itself");
	}
	/* What came before is over, and a service is no call: it rings nobody. */
	ast_channel_lock(chan);
	if ((facts = facts_made(chan))) {
		facts_forget(facts, scene->client->named.name, "");
		facts->in_service = 1;
	}
	ast_channel_unlock(chan);
	return facts ? 1 : deny_unknown(chan, "there is no memory for the facts of the call");
}

int decide_unasked(struct configuration *configuration, struct ast_channel *chan, const struct scene *scene,
	const char *number, int *permitted)
{
	end_emergency(chan);
	if (is_emergency(configuration, scene->client, number)) {
		note_emergency(configuration, chan, scene, number);
		report_emergency(chan, scene->client, number);
		*permitted = 1;
		return 1;
	}
	if (is_service(configuration, scene->client, number)) {
		*permitted = decide_service(configuration, chan, scene);
		return 1;
	}
	return 0;
}

/*! \brief Is this place of the dialplan another number? What begins otherwise is a place on the way, such as s */
static int is_other_number(
	struct configuration *configuration, const struct client *client, const char *place, const char *emergency_at)
{
	return *place && strchr("0123456789*#+", *place) && strcmp(place, emergency_at)
		&& !is_emergency(configuration, client, place);
}

/*! \brief Is the channel on which the emergency number was dialled where it was, and did nobody send it elsewhere? */
static int is_still_emergency(struct configuration *configuration, const struct facts *facts)
{
	/* By its unique id, for which Asterisk looks at each channel that there is. Emergencies are rare. */
	struct ast_channel *chan = channel_with_id(facts->emergency_on);
	struct facts now;
	char place[AST_MAX_EXTENSION], name[CHANNEL_NAME_SIZE];
	int still;

	if (!chan) {
		return 0;
	}
	place_of(chan, place);
	still = facts_get(chan, &now) && now.emergency == EMERGENCY_DIALLED
		&& !is_other_number(configuration, client_named(configuration, now.client), place, now.emergency_at)
		&& !has_note(chan, &now, BLIND_TRANSFER, name);
	ast_channel_unref(chan);
	return still;
}

enum emergency_ring rings_for_emergency(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;
	enum end end = end_of(configuration, chan, &extension);
	struct facts facts, *own;
	char name[CHANNEL_NAME_SIZE];
	int still;

	if (!facts_get(chan, &facts) || facts.emergency != EMERGENCY_OFFERED) {
		return NOT_FOR_EMERGENCY;
	}
	/* The handler does not run for a Local channel of a forward, in 16 and 22. Should it, that one leads elsewhere. */
	still = is_still_emergency(configuration, &facts) && !has_note(chan, &facts, FORWARD, name);
	ast_channel_lock(chan);
	if ((own = facts_of(chan))) {
		own->emergency = still && end == END_LOCAL ? EMERGENCY_PASSED : NO_EMERGENCY;
		if (own->emergency == NO_EMERGENCY) {
			/* Whatever it rings later has nothing of this: a call that cannot happen rings nobody. */
			own->call.src = CP_IVR;
		}
		if (still && end != END_LOCAL) {
			own->for_emergency = own->ringing = 1;
			ast_copy_string(own->rung, extension ? extension->named.name : "", sizeof(own->rung));
		}
	}
	ast_channel_unlock(chan);
	return still ? FOR_EMERGENCY : WAS_EMERGENCY;
}
