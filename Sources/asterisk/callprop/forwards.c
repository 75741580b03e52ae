/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The dialplan forwards a call on behalf of an extension
 *
 * That is about the one call that comes next: the number to which the dialplan of the channel goes, or what its next application
 * rings. An application may ring several, one after the other, such as FollowMe(). Who calls may be asked for a number after that, by a
 * menu: that is his own call.
 *
 * A phone forwards, too: to a number, for which the dialplan runs and says so, or to a device, which nobody says.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

int decide_forward(struct configuration *configuration, struct ast_channel *chan, const char *number)
{
	struct extension *extension = extension_of(configuration, client_of_call(configuration, chan), number);
	const struct status *status;
	struct facts *facts;
	cp_call call = { 0 };
	int known, permitted = 0;

	if (!extension) {
		return deny_unknown(chan, "there is no extension to forward");
	}
	status = status_of(extension);
	ast_channel_lock(chan);
	/* Whoever was rung is not who calls. */
	facts = facts_of(chan);
	if ((known = facts && !facts->client_only && !facts->ringing && !facts->denied)) {
		call = facts->call;
		if ((permitted = cp_permits(status->granted, &call))) {
			facts->forwarded = 1;
			facts->forward_rang = facts->asked_inside = 0;
			ast_copy_string(facts->forward_on, ast_channel_uniqueid(chan), sizeof(facts->forward_on));
			facts->forward_at[0] = '\0';
			facts->went_on = 0;
			/* What follows is done for the extension, and no longer for an emergency. */
			facts->emergency = NO_EMERGENCY;
			ast_copy_string(facts->maker, extension->named.name, sizeof(facts->maker));
		}
	}
	ast_channel_unlock(chan);
	if (!known) {
		return deny_unknown(chan, "the channel " NO_CALL);
	}
	if (!permitted) {
		report_denial(chan, extension, status, &call);
	}
	return permitted;
}

void end_forward(struct ast_channel *chan)
{
	struct facts *facts;

	ast_channel_lock(chan);
	if ((facts = facts_of(chan)) && facts->forwarded && facts->forward_rang) {
		facts->forwarded = 0;
		facts->went_on = 1;
	}
	ast_channel_unlock(chan);
}

/*! \brief Is the channel that forwards where it was when it rang somebody for that first? It is noted where that is */
static int is_still_there(struct ast_channel *chan)
{
	char place[sizeof(((struct facts *) NULL)->forward_at)];
	struct facts *facts;
	int still;

	ast_channel_lock(chan);
	snprintf(place, sizeof(place), "%s,%s,%d", ast_channel_context(chan), ast_channel_exten(chan),
		ast_channel_priority(chan));
	if ((still = (facts = facts_of(chan)) && facts->forwarded)) {
		if (!facts->forward_at[0]) {
			ast_copy_string(facts->forward_at, place, sizeof(facts->forward_at));
		}
		still = !strcmp(facts->forward_at, place);
	}
	ast_channel_unlock(chan);
	return still;
}

int is_forward_over(struct ast_channel *chan)
{
	struct facts facts;
	struct ast_channel *forwarding;
	int over;

	if (!facts_get(chan, &facts) || !facts.forwarded || !facts.inherited) {
		return 0;
	}
	forwarding = ast_channel_get_by_name(facts.forward_on);
	over = !forwarding || !is_still_there(forwarding);
	ao2_cleanup(forwarding);
	return over;
}

int end_forward_to_device(struct configuration *configuration, struct ast_channel *chan, const char *forwarder)
{
	char name[CHANNEL_NAME_SIZE];
	struct extension *extension;

	name_of(chan, name);
	/* When outside forwards, it is he who is asked. */
	if (is_local(name) || end_of_name(configuration, forwarder, &extension) == END_TRUNK) {
		return 0;
	}
	deny_unknown(chan, "a phone forwards the call to a device: it may forward to a number");
	cut_off(chan);
	return 1;
}
