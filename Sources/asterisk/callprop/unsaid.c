/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Does a dialplan ring somebody for another call than it has said?
 *
 * Somebody sent the call there, transferred or forwarded it, or who is behind a Local channel goes on.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"

#include "behind.h"
#include "unsaid.h"

int is_unsaid(struct configuration *configuration, struct ast_channel *caller, struct ast_channel *rung,
	const struct facts *of_rung)
{
	struct scene scene;
	struct facts facts;

	if (of_rung->unsaid && !is_local_channel(rung)) {
		/* So it was when the one was created. */
		return 1;
	}
	if (!caller) {
		return of_rung->creator_unsaid;
	}
	if (!facts_get(caller, &facts)) {
		/* Without facts it has rung nobody. */
		return 0;
	}
	read_scene(configuration, caller, &scene);
	/* Asterisk takes its note away as he enters a bridge, which is told later. */
	return facts.unsaid || is_on_the_way(&facts) || scene.by != DIVERSIONS || scene.goes_on;
}

int will_ring_unsaid(struct configuration *configuration, struct ast_channel *chan)
{
	RAII_VAR(struct ast_channel *, caller, NULL, ao2_cleanup);
	struct facts facts, *own;
	struct scene scene;

	facts_get(chan, &facts);
	if (!facts.creator_unsaid) {
		return 0;
	}
	if (!(caller = who_rings(&facts))) {
		return 1;
	}
	read_scene(configuration, caller, &scene);
	if (scene.by != DIVERSIONS) {
		return 1;
	}
	ast_channel_lock(chan);
	if ((own = facts_of(chan))) {
		own->creator_unsaid = 0;
	}
	ast_channel_unlock(chan);
	return 0;
}
