/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Decides, and reports what is denied
 */

#include "asterisk.h"

#include <unistd.h>

#include "private.h"

#include "asterisk/causes.h"
#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

/*! In microseconds. */
#define PAUSE 100000

size_t explain(const struct status *status, const cp_call *call, char *json, size_t size, cp_error *error)
{
	char text[CP_CALL_MAX];

	cp_call_format(call, text, sizeof(text));
	return cp_explain(status->granted_text, text, json, size, error);
}

static void identify(struct ast_channel *chan, struct identity *identity)
{
	ast_channel_lock(chan);
	ast_copy_string(identity->name, ast_channel_name(chan), sizeof(identity->name));
	ast_copy_string(identity->uniqueid, ast_channel_uniqueid(chan), sizeof(identity->uniqueid));
	ast_copy_string(identity->linkedid, ast_channel_linkedid(chan), sizeof(identity->linkedid));
	ast_channel_unlock(chan);
}

/*! \return what the decision itself does not say: what of callprop.conf is the cause */
static const char *why_more(const struct status *status, const cp_call *call)
{
	if (status->unknown) {
		return CONFIG_FILE " has no such status";
	}
	/* Nobody dials outside, and rings a phone. That is a number that somebody has forgotten; or a call that rings nobody, of a voice menu. */
	return call->dst == CP_EXTERNAL && call->leg == CP_LEG_DST && call->src != CP_IVR
		? "What was dialled is outside: what is inside stands in [extensions] and [numbers] of " CONFIG_FILE
		: "";
}

void report_denial(
	struct ast_channel *chan, const struct extension *extension, const struct status *status, const cp_call *call)
{
	report_denial_because(chan, extension, status, call, why_more(status, call));
}

void report_denial_because(struct ast_channel *chan, const struct extension *extension, const struct status *status,
	const cp_call *call, const char *because)
{
	char reason[CP_REASON_MAX], text[CP_CALL_MAX], required[CP_PROPERTIES_MAX] = "", *why;
	struct identity identity;

	identify(chan, &identity);
	cp_call_format(call, text, sizeof(text));
	history_denial(&identity, extension, status, call, because);
	if (is_repeated(identity.linkedid, extension_name(extension), status->named.name, text)) {
		return;
	}
	cp_reason(status->granted, call, reason, sizeof(reason));
	cp_properties_format(cp_required(call), required, sizeof(required));
	why = ast_alloca(sizeof(reason) + strlen(because) + sizeof(" ."));
	sprintf(why, *because ? "%s %s." : "%s", reason, because); /* Safe */

	ast_log(LOG_NOTICE, "Call %s, %s: extension %s, status '%s': %s\n", identity.linkedid, identity.name,
		extension_name(extension), status->named.name, why);
	raise_channel_event(chan, "CallpropDenial",
		(const struct event_field[]){
			{ "Extension", extension_name(extension) },
			{ "Client", client_name(extension) },
			{ "Status", status->named.name },
			{ "Channel", identity.name },
			{ "Uniqueid", identity.uniqueid },
			{ "Linkedid", identity.linkedid },
			{ "Src", parties[call->src] },
			{ "Dst", parties[call->dst] },
			{ "Leg", legs[call->leg] },
			{ "Callback", call->callback ? "true" : "false" },
			{ "Required", required },
			{ "Granted", status->granted_text },
			{ "Reason", why },
			{ NULL, NULL },
		});
}

int deny_unknown(struct ast_channel *chan, const char *why)
{
	return deny_number(chan, "", why);
}

int deny_stranger(
	struct configuration *configuration, struct ast_channel *chan, const char *number, const char *subject)
{
	char name[CHANNEL_NAME_SIZE], why[256];

	name_of(chan, name);
	/* A trunk is no stranger: what has a client is a phone. */
	snprintf(why, sizeof(why), "%s is %s", subject,
		client_of_device(configuration, name) ? "a phone at which nobody is logged in: see callprop show phones"
											  : "neither the interface of an extension nor a trunk of " CONFIG_FILE);
	return deny_number(chan, number, why);
}

int deny_number(struct ast_channel *chan, const char *number, const char *why)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	const struct client *client = configuration ? client_of_call(configuration, chan) : NULL;
	struct identity identity;
	char reason[512], what[sizeof(reason) + CHANNEL_NAME_SIZE], *dash;
	int device;

	if (configuration && configuration->refused) {
		why = configuration->refused;
	}
	identify(chan, &identity);
	/* Each time that a queue rings a phone it is another channel, of the same device. */
	device = (dash = strrchr(identity.name, '-')) ? dash - identity.name : (int) strlen(identity.name);
	snprintf(reason, sizeof(reason), *number ? "%s (%s)" : "%s", why, number);
	history_denial(&identity, NULL, NULL, NULL, reason);
	snprintf(what, sizeof(what), "%.*s: %s", device, identity.name, reason);
	if (is_repeated(identity.linkedid, "", "", what)) {
		return 0;
	}
	ast_log(LOG_ERROR, "%s: denied: %s\n", identity.name, reason);
	/* The same fields as when an extension is asked, so that nobody looks for one in vain. */
	raise_channel_event(chan, "CallpropDenial",
		(const struct event_field[]){
			{ "Extension", "" },
			{ "Client", client ? client->named.name : "" },
			{ "Status", "" },
			{ "Channel", identity.name },
			{ "Uniqueid", identity.uniqueid },
			{ "Linkedid", identity.linkedid },
			{ "Src", "" },
			{ "Dst", "" },
			{ "Leg", "" },
			{ "Callback", "" },
			{ "Required", "" },
			{ "Granted", "" },
			{ "Reason", reason },
			{ NULL, NULL },
		});
	return 0;
}

int permits(struct ast_channel *chan, struct extension *extension, const cp_call *call)
{
	/* Read once: what is reported is what was decided. */
	const struct status *status = status_of(extension);

	if (cp_permits(status->granted, call)) {
		return 1;
	}
	report_denial(chan, extension, status, call);
	return 0;
}

int end_endless(struct ast_channel *chan)
{
	if (facts_are_denied_endlessly(chan)) {
		reject(chan);
		/* Who has hung up already is not ended by that: his dialplan goes on, but not as fast as it can. */
		usleep(PAUSE);
	}
	return 0;
}

void reject(struct ast_channel *chan)
{
	ast_channel_lock(chan);
	ast_channel_hangupcause_set(chan, AST_CAUSE_CALL_REJECTED);
	ast_softhangup_nolock(chan, AST_SOFTHANGUP_EXPLICIT);
	ast_channel_unlock(chan);
}
