/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who is heard by those who wait
 *
 * A bridge on hold connects nobody with anybody, such as that of BridgeWait(). But who is there as the announcer is heard by everybody who waits,
 * as though he whispered to each of them.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/bridge.h"
#include "asterisk/bridge_roles.h"
#include "asterisk/channel.h"
#include "asterisk/utils.h"

#include "behind.h"
#include "heard.h"

static int is_announcer(struct ast_channel *chan)
{
	int result;

	ast_channel_lock(chan);
	result = ast_channel_has_role(chan, "announcer");
	ast_channel_unlock(chan);
	return result;
}

/*! \brief Who waits may be a Local channel, whose other half listens in to a call and speaks there */
static void decide_announcer(
	struct configuration *configuration, struct ast_channel *announcer, struct ast_channel *waiting)
{
	struct ends ones, twos;

	decide_speaker(configuration, announcer, announcer, waiting, 0);
	if (find_ends(announcer, &ones) & find_ends(waiting, &twos)) {
		decide_heard_through(configuration, &ones, &twos);
	}
	free_ends(&ones);
	free_ends(&twos);
}

void decide_announcers(struct configuration *configuration, struct ast_channel *chan)
{
	RAII_VAR(struct ast_bridge *, bridge, bridge_of(chan), ao2_cleanup);
	RAII_VAR(struct ao2_container *, members, waiting_in(bridge), ao2_cleanup);
	struct ao2_iterator iterator;
	struct ast_channel *other;
	int speaks = is_announcer(chan);

	if (!members) {
		return;
	}
	iterator = ao2_iterator_init(members, 0);
	for (; (other = ao2_iterator_next(&iterator)); ast_channel_unref(other)) {
		if (is_announcer(other) != speaks) {
			decide_announcer(configuration, speaks ? chan : other, speaks ? other : chan);
		}
	}
	ao2_iterator_destroy(&iterator);
}
