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
	struct extension *maker;
	cp_call call = { .src = CP_EXTENSION, .dst = party, .leg = CP_LEG_SRC };
	int callback;

	if (find_facts(configuration, chan, number, party, &facts)) {
		return deny_unknown(chan,
			"where the call began is not known: this is neither the interface of an extension nor a trunk "
			"of " CONFIG_FILE ", or a Local channel whose creator has not evaluated CALLPROP_CALL()");
	}
	if (find_maker(configuration, chan, &facts, &maker, &callback)) {
		return deny_unknown(chan, "no extension is known to make this call: set CALLBACK_TO for a callback of several");
	}
	facts.went_on = 1;
	if (facts_set(chan, &facts)) {
		return 0;
	}
	call.callback = callback;
	return !maker || permits(chan, maker, &call);
}

uint8_t any_destination(struct extension *extension)
{
	return status_of(extension)->granted & CP_RO ? CP_EXTERNAL : CP_EXTENSION;
}

int decide_ring(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;
	struct facts facts;
	enum end end = end_of(configuration, chan, &extension);

	if (end == END_UNKNOWN) {
		return deny_unknown(chan, "this is neither the interface of an extension nor a trunk of " CONFIG_FILE);
	}
	if (end != END_EXTENSION) {
		/* The dialplan of a Local channel decides for the phones that it rings. */
		return 1;
	}
	if (!facts_get(chan, &facts)) {
		return deny_unknown(
			chan, "where the call began is not known: the calling channel has not evaluated CALLPROP_CALL()");
	}
	if (facts.dst_unknown && facts.call.src == CP_EXTENSION) {
		facts.call.dst = any_destination(extension);
	}
	if (!permits(chan, extension, &facts.call)) {
		return 0;
	}
	facts.ringing = 1;
	return !facts_set(chan, &facts);
}

int decide_forward(struct configuration *configuration, struct ast_channel *chan, const char *number)
{
	struct extension *extension = table_find(&configuration->extensions, number);
	struct facts facts;

	if (!extension || !facts_get(chan, &facts)) {
		return deny_unknown(
			chan, extension ? "the channel has not evaluated CALLPROP_CALL()" : "there is no extension to forward");
	}
	if (!permits(chan, extension, &facts.call)) {
		return 0;
	}
	facts.forwarded = 1;
	facts.went_on = 0;
	ast_copy_string(facts.maker, number, sizeof(facts.maker));
	return !facts_set(chan, &facts);
}
