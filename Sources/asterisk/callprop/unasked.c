/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Numbers for which nobody is asked: emergency numbers, and services of the PBX
 *
 * What lets a call through here is the whole number that was dialled, and nothing that only begins with it. It holds until the
 * dialplan of the channel says that the call goes to another number.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/utils.h"

static void report_emergency(struct ast_channel *chan, const char *number)
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
			{ "Channel", channel },
			{ "Uniqueid", uniqueid },
			{ "Linkedid", linkedid },
			{ NULL, NULL },
		});
}

/*! \brief Notes whether what this channel rings now is rung for an emergency. It was said before where the call began, or it is not known */
static void note_emergency(struct ast_channel *chan, int emergency)
{
	struct facts *facts;

	ast_channel_lock(chan);
	if (!(facts = facts_of(chan)) && emergency && (facts = facts_made(chan))) {
		/* One that cannot happen: it rings nobody but for the emergency. */
		facts->call.src = CP_IVR;
	}
	if (facts) {
		facts->emergency = emergency;
	}
	ast_channel_unlock(chan);
}

/*! \brief A service is for whoever is at the phone, so it is the phone itself that dials it, and nobody who sends another there */
static int decide_service(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;
	char transferer[AST_CHANNEL_NAME];

	if (end_of(configuration, chan, &extension) != END_EXTENSION || (was_dialled(chan) && !is_originated(chan))
		|| get_variable(chan, "BLINDTRANSFER", transferer, sizeof(transferer))) {
		return deny_unknown(chan, "a service is for the phone of an extension that dials it itself");
	}
	/* What came before is over, and a service is no call: without facts it rings nobody. */
	facts_drop(chan);
	return 1;
}

int decide_unasked(struct configuration *configuration, struct ast_channel *chan, const char *number, int *permitted)
{
	int emergency = is_emergency(configuration, number);

	note_emergency(chan, emergency);
	if (emergency) {
		report_emergency(chan, number);
		*permitted = 1;
		return 1;
	}
	if (is_service(configuration, number)) {
		*permitted = decide_service(configuration, chan);
		return 1;
	}
	return 0;
}

int rings_for_emergency(struct ast_channel *chan)
{
	struct facts *facts;
	int emergency;

	ast_channel_lock(chan);
	if ((emergency = (facts = facts_of(chan)) && facts->emergency)) {
		facts->ringing = 1;
	}
	ast_channel_unlock(chan);
	return emergency;
}
