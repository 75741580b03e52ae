/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Decides, and reports what is denied
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/causes.h"
#include "asterisk/channel.h"
#include "asterisk/manager.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

size_t explain(const struct status *status, const cp_call *call, char *json, size_t size, cp_error *error)
{
	char text[CP_CALL_MAX];

	cp_call_format(call, text, sizeof(text));
	return cp_explain(status->granted_text, text, json, size, error);
}

void report_denial(
	struct ast_channel *chan, const struct extension *extension, const struct status *status, const cp_call *call)
{
	char reason[CP_REASON_MAX], required[CP_PROPERTIES_MAX] = "";
	const char *doubt = status->unknown ? " " CONFIG_FILE " has no such status." : "";
	char *channel, *uniqueid, *linkedid;

	cp_reason(status->granted, call, reason, sizeof(reason));
	cp_properties_format(cp_required(call), required, sizeof(required));

	ast_channel_lock(chan);
	channel = ast_strdupa(ast_channel_name(chan));
	uniqueid = ast_strdupa(ast_channel_uniqueid(chan));
	linkedid = ast_strdupa(ast_channel_linkedid(chan));
	ast_channel_unlock(chan);

	ast_log(LOG_NOTICE, "Call %s, %s: extension %s, status '%s': %s%s\n", linkedid, channel, extension->named.name,
		status->named.name, reason, doubt);
	ast_manager_event(chan, EVENT_FLAG_CALL, "CallpropDenial",
		"Extension: %s\r\n"
		"Status: %s\r\n"
		"Channel: %s\r\n"
		"Uniqueid: %s\r\n"
		"Linkedid: %s\r\n"
		"Src: %s\r\n"
		"Dst: %s\r\n"
		"Leg: %s\r\n"
		"Callback: %s\r\n"
		"Required: %s\r\n"
		"Granted: %s\r\n"
		"Reason: %s%s\r\n",
		extension->named.name, status->named.name, channel, uniqueid, linkedid, parties[call->src], parties[call->dst],
		legs[call->leg], call->callback ? "true" : "false", required, status->granted_text, reason, doubt);
}

int deny_unknown(struct ast_channel *chan, const char *why)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	char name[AST_CHANNEL_NAME];

	name_of(chan, name);
	ast_log(LOG_ERROR, "%s: denied: %s\n", name,
		configuration && configuration->refused
			? CONFIG_FILE " was refused when Asterisk started: mend it, then callprop reload"
			: why);
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

void reject(struct ast_channel *chan)
{
	ast_channel_lock(chan);
	ast_channel_hangupcause_set(chan, AST_CAUSE_CALL_REJECTED);
	ast_softhangup_nolock(chan, AST_SOFTHANGUP_EXPLICIT);
	ast_channel_unlock(chan);
}
