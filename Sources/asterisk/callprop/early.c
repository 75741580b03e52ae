/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Decides for a phone before Asterisk makes a channel for it
 *
 * Making one costs more than all the rest of a denied call. What is denied here would be denied by CALLPROP_RING(), which is asked
 * all the same when it is permitted here.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

int decide_early(struct configuration *configuration, struct ast_channel *chan, const char *number)
{
	struct extension *extension = extension_of(configuration, client_of_call(configuration, chan), number);
	const struct status *status;
	struct facts facts;

	if (!extension) {
		/* Each phone that it rings is decided when it is rung. */
		return 1;
	}
	if (!facts_get(chan, &facts)) {
		return deny_unknown(chan, NO_FACTS);
	}
	if (facts.emergency != NO_EMERGENCY) {
		/* A callback of an emergency number: whom it rings is let through, which is looked at when he is rung. */
		return 1;
	}
	/* Read once: what is reported is what was decided. */
	status = status_of(extension);
	if (facts.dst_unknown && facts.call.src == CP_EXTENSION) {
		facts.call.dst = any_destination(status);
	}
	if (cp_permits(status->granted, &facts.call)) {
		return 1;
	}
	report_denial(chan, extension, status, &facts.call);
	return 0;
}

int decide_early_local(struct configuration *configuration, struct ast_channel *chan)
{
	char name[CHANNEL_NAME_SIZE];
	char *number = name + strlen("Local/"), *at;
	struct facts facts;

	name_of(chan, name);
	if (!is_local(name) || !facts_get(chan, &facts) || facts.call.dst != CP_QUEUE || !(at = strchr(number, '@'))) {
		/* Outside of queues nothing is gained, and what leads to a mailbox would be lost. */
		return 1;
	}
	*at = '\0';
	return decide_early(configuration, chan, number);
}
