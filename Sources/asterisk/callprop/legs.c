/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Decides each leg of a call: who makes it, who forwards it, and who is rung
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

int decide_call(struct configuration *configuration, struct ast_channel *chan, const char *number, uint8_t party)
{
	struct facts facts;
	/* Looked for before anything is locked: Asterisk locks one channel after the other to find it. */
	RAII_VAR(struct ast_channel *, half, facts_get(chan, &facts) ? NULL : other_half(chan), ao2_cleanup);
	struct extension *maker;
	cp_call call = { .src = CP_EXTENSION, .dst = party, .leg = CP_LEG_SRC };
	const char *unknown = NULL;
	int callback, permitted;

	if (decide_unasked(configuration, chan, number, &permitted)) {
		return permitted;
	}
	if (half) {
		ast_channel_lock_both(chan, half);
	} else {
		ast_channel_lock(chan);
	}
	if (find_facts(configuration, chan, half, number, party, &facts)) {
		unknown = "where the call began is not known: this is neither the interface of an extension nor a trunk "
				  "of " CONFIG_FILE ", or a Local channel whose creator has not evaluated CALLPROP_CALL()";
	} else if (find_maker(configuration, chan, &facts, &maker, &callback)) {
		unknown = "no extension is known to make this call: set CALLBACK_TO for a callback of several";
	} else {
		facts.went_on = 1;
		if (facts_set(chan, &facts)) {
			unknown = "there is no memory for the facts of the call";
		}
	}
	ast_channel_unlock(chan);
	if (half) {
		ast_channel_unlock(half);
	}
	if (unknown) {
		return deny_unknown(chan, unknown);
	}
	call.callback = callback;
	return !maker || permits(chan, maker, &call);
}

uint8_t any_destination(const struct status *status)
{
	return status->granted & CP_RO ? CP_EXTERNAL : CP_EXTENSION;
}

int decide_ring(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;
	enum end end = end_of(configuration, chan, &extension);
	const struct status *status;
	struct facts *facts;
	cp_call call = { 0 };
	int permitted = 0;

	if (rings_for_emergency(chan)) {
		return 1;
	}
	if (end == END_UNKNOWN) {
		return deny_unknown(chan, "this is neither the interface of an extension nor a trunk of " CONFIG_FILE);
	}
	if (end != END_EXTENSION) {
		/* The dialplan of a Local channel decides for the phones that it rings. */
		return 1;
	}
	/* Read once: what is reported is what was decided. */
	status = status_of(extension);
	ast_channel_lock(chan);
	if ((facts = facts_of(chan))) {
		call = facts->call;
		if (facts->dst_unknown && call.src == CP_EXTENSION) {
			call.dst = any_destination(status);
		}
		if ((permitted = cp_permits(status->granted, &call))) {
			facts->call = call;
			facts->ringing = 1;
		}
	}
	ast_channel_unlock(chan);
	if (!facts) {
		return deny_unknown(
			chan, "where the call began is not known: the calling channel has not evaluated CALLPROP_CALL()");
	}
	if (!permitted) {
		report_denial(chan, extension, status, &call);
	}
	return permitted;
}

int decide_forward(struct configuration *configuration, struct ast_channel *chan, const char *number)
{
	struct extension *extension = table_find(&configuration->extensions, number);
	const struct status *status;
	struct facts *facts;
	cp_call call = { 0 };
	int permitted = 0;

	if (!extension) {
		return deny_unknown(chan, "there is no extension to forward");
	}
	status = status_of(extension);
	ast_channel_lock(chan);
	if ((facts = facts_of(chan))) {
		call = facts->call;
		if ((permitted = cp_permits(status->granted, &call))) {
			facts->forwarded = 1;
			facts->went_on = 0;
			ast_copy_string(facts->maker, number, sizeof(facts->maker));
		}
	}
	ast_channel_unlock(chan);
	if (!facts) {
		return deny_unknown(chan, "the channel has not evaluated CALLPROP_CALL()");
	}
	if (!permitted) {
		report_denial(chan, extension, status, &call);
	}
	return permitted;
}
