/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Keeps a channel for a moment, in whose place another has come
 *
 * An attended transfer puts a channel into another when it leaves its bridge. Asterisk does so from a list that belongs to the first, and moves
 * that to the other meanwhile (ast_bridge_run_after_callback()). When the other is ended at once, because it is denied whom it is connected with,
 * the list is gone while Asterisk still reads it: then the whole PBX ends. What a channel has goes with its last reference, so one is kept here.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/sched.h"

/*! In milliseconds. The other thread has only to go on to its next line, on a machine however busy. */
#define MOMENT 500

static struct ast_sched_context *scheduler;

static int let_go(const void *data)
{
	ast_channel_unref((struct ast_channel *) data);
	return 0;
}

void linger(struct ast_channel *chan)
{
	if (ast_sched_add(scheduler, MOMENT, let_go, ast_channel_ref(chan)) < 0) {
		ast_channel_unref(chan);
	}
}

int linger_start(void)
{
	scheduler = ast_sched_context_create();
	return scheduler && !ast_sched_start_thread(scheduler) ? 0 : -1;
}

void linger_stop(void)
{
	if (scheduler) {
		ast_sched_clean_by_callback(scheduler, let_go, let_go);
		ast_sched_context_destroy(scheduler);
		scheduler = NULL;
	}
}
