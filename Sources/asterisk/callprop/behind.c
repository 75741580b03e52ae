/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who is in a bridge, and who is there behind a Local channel
 *
 * A Local channel leads to the bridge of its other half, which may have several: an application's, or one where three speak. Some of them
 * may be Local channels, too.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/bridge.h"
#include "asterisk/channel.h"

#include "behind.h"

int is_room(const char *creator)
{
	return !strcmp(creator, "ConfBridge");
}

int connects(const char *creator, const char *technology)
{
	return is_room(creator) || strcmp(technology, "holding_bridge");
}

struct ast_bridge *bridge_of(struct ast_channel *chan)
{
	struct ast_bridge *bridge;

	ast_channel_lock(chan);
	bridge = ast_channel_get_bridge(chan);
	ast_channel_unlock(chan);
	return bridge;
}

struct ao2_container *members_of(struct ast_bridge *bridge)
{
	struct ao2_container *members = NULL;

	if (!bridge) {
		return NULL;
	}
	ast_bridge_lock(bridge);
	if (connects(bridge->creator, bridge->technology->name)) {
		members = ast_bridge_peers_nolock(bridge);
	}
	ast_bridge_unlock(bridge);
	return members;
}

static int is_same(void *object, void *wanted, int flags)
{
	return object == wanted ? CMP_MATCH | CMP_STOP : 0;
}

/*! \return 1 when this bridge is looked at for the first time */
static int is_new(struct ends *ends, struct ast_bridge *bridge)
{
	void *found = ao2_callback(ends->bridges, 0, is_same, bridge);

	if (!found) {
		ao2_link(ends->bridges, bridge);
	}
	ao2_cleanup(found);
	return !found;
}

static void add_ends(struct ends *ends, struct ast_channel *chan, int length, int in_room)
{
	RAII_VAR(struct ast_channel *, half, other_half(chan), ao2_cleanup);
	RAII_VAR(struct ast_bridge *, bridge, half ? bridge_of(half) : NULL, ao2_cleanup);
	RAII_VAR(struct ao2_container *, members, members_of(bridge), ao2_cleanup);
	struct ao2_iterator iterator;
	struct ast_channel *member;

	if (!half) {
		ao2_link(in_room ? ends->in_rooms : ends->speaking, chan);
		return;
	}
	if (!members) {
		return;
	}
	if (length == LONGEST_CHAIN) {
		ends->too_long = 1;
		return;
	}
	if (!is_new(ends, bridge)) {
		ends->leads_back = 1;
		return;
	}
	in_room = in_room || is_room(bridge->creator);
	iterator = ao2_iterator_init(members, 0);
	for (; (member = ao2_iterator_next(&iterator)); ast_channel_unref(member)) {
		if (member != half) {
			add_ends(ends, member, length + 1, in_room);
		}
	}
	ao2_iterator_destroy(&iterator);
}

int find_ends(struct ast_channel *chan, struct ends *ends)
{
	RAII_VAR(struct ast_bridge *, bridge, bridge_of(chan), ao2_cleanup);

	*ends = (struct ends){
		.speaking = ao2_container_alloc_list(AO2_ALLOC_OPT_LOCK_NOLOCK, 0, NULL, NULL),
		.in_rooms = ao2_container_alloc_list(AO2_ALLOC_OPT_LOCK_NOLOCK, 0, NULL, NULL),
		.bridges = ao2_container_alloc_list(AO2_ALLOC_OPT_LOCK_NOLOCK, 0, NULL, NULL),
	};
	if (!ends->speaking || !ends->in_rooms || !ends->bridges) {
		return 0;
	}
	if (bridge) {
		ao2_link(ends->bridges, bridge);
	}
	add_ends(ends, chan, 0, 0);
	return !ends->too_long
		&& (!ends->leads_back || ao2_container_count(ends->speaking) || ao2_container_count(ends->in_rooms));
}

void free_ends(struct ends *ends)
{
	ao2_cleanup(ends->speaking);
	ao2_cleanup(ends->in_rooms);
	ao2_cleanup(ends->bridges);
}
