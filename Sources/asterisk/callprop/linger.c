/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What Asterisk leaves undone when somebody is ended while it connects him, and is done a moment later
 *
 * - An attended transfer puts a channel into another when it leaves its bridge. Asterisk does so from a list that belongs to the first, and moves
 *   that to the other meanwhile (ast_bridge_run_after_callback()). When the other is ended at once, because it is denied whom it is connected
 *   with, the list is gone while Asterisk still reads it: then the whole PBX ends. What a channel has goes with its last reference, so one is kept.
 * - Where one comes in the place of another, Asterisk puts both back into its list of channels at the end (channel_do_masquerade()). Who is ended
 *   meanwhile waits until that is all but over, takes himself out of the list, and may be put back after that, to stay for ever.
 * - While Asterisk makes one bridge of the two of a transfer by keys, who is left alone in that is not ended (complete_enter()): he would hear
 *   nothing until he hangs up.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/bridge.h"
#include "asterisk/channel.h"
#include "asterisk/sched.h"

#include "behind.h"
#include "snapshots.h"

/*! In milliseconds. The other thread has only to go on to its next line, on a machine however busy. */
#define MOMENT 500

static struct ast_sched_context *scheduler;

static int let_go(const void *data)
{
	ast_channel_unref((struct ast_channel *) data);
	return 0;
}

static int unlist(const void *data)
{
	char *uniqueid = (char *) data;
	struct ast_channel *chan = channel_with_id(uniqueid);
	int has_ended;

	if (chan) {
		ast_channel_lock(chan);
		has_ended = ast_test_flag(ast_channel_flags(chan), AST_FLAG_ZOMBIE);
		ast_channel_unlock(chan);
		if (has_ended) {
			ast_channel_unlink(chan);
		}
		ast_channel_unref(chan);
	}
	ast_free(uniqueid);
	return 0;
}

/*! \brief Does this by an id: whoever has a channel keeps it in what `core show channels` shows, and a bridge is not told to be over */
static void do_later(int milliseconds, ast_sched_cb act, const char *uniqueid)
{
	char *copy = ast_strdup(uniqueid);

	if (copy && ast_sched_add(scheduler, milliseconds, act, copy) < 0) {
		ast_free(copy);
	}
}

void unlist_ended_later(struct ast_channel *chan)
{
	do_later(2 * MOMENT, unlist, ast_channel_uniqueid(chan));
}

void linger(struct ast_channel *chan)
{
	if (ast_sched_add(scheduler, MOMENT, let_go, ast_channel_ref(chan)) < 0) {
		ast_channel_unref(chan);
	}
}

/*! \brief A transfer is over by then: where another has begun, who is alone waits until that is made */
static int is_left_alone(const struct ast_bridge *bridge)
{
	return bridge->num_channels == 1 && !bridge->dissolved && !strcmp(bridge->v_table->name, "basic")
		&& ast_test_flag(&bridge->feature_flags, AST_BRIDGE_FLAG_DISSOLVE_HANGUP);
}

static int end_left_alone(const void *data)
{
	char *uniqueid = (char *) data;
	struct ast_bridge *bridge = ast_bridge_find_by_id(uniqueid);

	if (bridge) {
		ast_bridge_lock(bridge);
		if (is_left_alone(bridge)) {
			/* He goes on as when the other hangs up. */
			ast_bridge_kick(bridge, AST_LIST_FIRST(&bridge->channels)->chan);
		}
		ast_bridge_unlock(bridge);
		ao2_ref(bridge, -1);
	}
	ast_free(uniqueid);
	return 0;
}

void end_left_alone_later(struct ast_channel *chan)
{
	RAII_VAR(struct ast_bridge *, bridge, bridge_of(chan), ao2_cleanup);

	if (bridge) {
		do_later(MOMENT, end_left_alone, bridge->uniqueid);
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
		ast_sched_clean_by_callback(scheduler, unlist, unlist);
		ast_sched_clean_by_callback(scheduler, end_left_alone, end_left_alone);
		ast_sched_context_destroy(scheduler);
		scheduler = NULL;
	}
}
