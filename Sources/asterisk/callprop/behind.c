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
	return is_room(creator) || strcmp(technology, "holding_bridge") != 0;
}

struct ast_bridge *bridge_of(struct ast_channel *chan)
{
	struct ast_bridge *bridge;

	ast_channel_lock(chan);
	bridge = ast_channel_get_bridge(chan);
	ast_channel_unlock(chan);
	return bridge;
}

int is_in_bridge(struct ast_channel *chan, const struct ast_bridge *bridge)
{
	struct ast_bridge *own = bridge_of(chan);

	ao2_cleanup(own);
	return own == bridge;
}

/*! \return who is in the bridge, when it connects them, or when it does not; NULL otherwise */
static struct ao2_container *who_is_in(struct ast_bridge *bridge, int connected)
{
	struct ao2_container *members = NULL;

	if (!bridge) {
		return NULL;
	}
	ast_bridge_lock(bridge);
	if (connects(bridge->creator, bridge->technology->name) == connected) {
		members = ast_bridge_peers_nolock(bridge);
	}
	ast_bridge_unlock(bridge);
	return members;
}

struct ao2_container *members_of(struct ast_bridge *bridge)
{
	return who_is_in(bridge, 1);
}

struct ao2_container *waiting_in(struct ast_bridge *bridge)
{
	return who_is_in(bridge, 0);
}

static void add(struct ends *ends, struct channels *channels, struct ast_channel *chan)
{
	if (AST_VECTOR_APPEND(channels, chan)) {
		ends->failed = 1;
	} else {
		ast_channel_ref(chan);
	}
}

/*! \return 1 when this bridge is looked at for the first time */
static int is_new(struct ends *ends, struct ast_bridge *bridge)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&ends->seen); i++) {
		if (AST_VECTOR_GET(&ends->seen, i) == bridge) {
			return 0;
		}
	}
	if (AST_VECTOR_APPEND(&ends->seen, bridge)) {
		ends->failed = 1;
	} else {
		ao2_ref(bridge, +1);
	}
	return 1;
}

static void add_ends(struct ends *ends, struct ast_channel *chan, int length, int in_room);

/*!
 * \brief Finds who hears this channel, which is in no bridge: who rings it, and what it rings
 *
 * Dial() passes sound on before the answer, and a half of a Local channel may never be answered, while the other one is in a bridge.
 *
 * \param but the other half; NULL: only what it rings
 */
static void add_ends_of_dial(
	struct ends *ends, struct ast_channel *dialling, struct ast_channel *but, int length, int in_room)
{
	struct ast_channel_iterator *iterator;
	struct ast_channel *chan;
	struct facts own, facts;
	char name[CHANNEL_NAME_SIZE];

	facts_get(dialling, &own);
	if ((!own.rings_as && !own.rung_from) || !(iterator = ast_channel_iterator_all_new())) {
		return;
	}
	for (; (chan = ast_channel_iterator_next(iterator)); ast_channel_unref(chan)) {
		int is_rung;

		facts_get(chan, &facts);
		is_rung = own.rings_as && facts.rung_from == own.rings_as;
		if (chan == dialling || chan == but
			|| (!is_rung && (!but || !own.rung_from || facts.rings_as != own.rung_from))) {
			continue;
		}
		name_of(chan, name);
		if (is_rung && !is_local(name) && ast_channel_state(chan) != AST_STATE_UP) {
			if (facts.ringing) {
				/* Otherwise it is not permitted yet, and is looked at when it rings. */
				add(ends, &ends->ringing, chan);
			}
		} else {
			add_ends(ends, chan, length + 1, in_room);
		}
	}
	ast_channel_iterator_destroy(iterator);
}

static void add_ends(struct ends *ends, struct ast_channel *chan, int length, int in_room)
{
	RAII_VAR(struct ast_channel *, half, other_half(chan), ao2_cleanup);
	RAII_VAR(struct ast_bridge *, bridge, half ? bridge_of(half) : NULL, ao2_cleanup);
	RAII_VAR(struct ao2_container *, members, members_of(bridge), ao2_cleanup);
	struct ao2_iterator iterator;
	struct ast_channel *member;

	if (!half) {
		add(ends, in_room ? &ends->in_rooms : &ends->speaking, chan);
		return;
	}
	add(ends, &ends->halves, chan);
	add(ends, &ends->halves, half);
	if (length + 1 == LONGEST_CHAIN) {
		ends->failed |= members || !bridge;
		return;
	}
	if (!bridge) {
		add_ends_of_dial(ends, half, chan, length, in_room);
	}
	if (!members) {
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

	memset(ends, 0, sizeof(*ends));
	if (bridge) {
		is_new(ends, bridge);
	}
	add_ends(ends, chan, 0, 0);
	return !ends->failed && (!ends->leads_back || AST_VECTOR_SIZE(&ends->speaking) || AST_VECTOR_SIZE(&ends->in_rooms));
}

void find_ringing(struct ast_channel *chan, struct ends *ends)
{
	memset(ends, 0, sizeof(*ends));
	add_ends_of_dial(ends, chan, NULL, 0, 0);
}

struct ast_channel *who_rings(const struct facts *facts)
{
	struct ast_channel_iterator *iterator;
	struct ast_channel *chan;
	struct facts own;

	if (!facts->rung_from || !(iterator = ast_channel_iterator_all_new())) {
		return NULL;
	}
	for (; (chan = ast_channel_iterator_next(iterator)); ast_channel_unref(chan)) {
		facts_get(chan, &own);
		if (own.rings_as == facts->rung_from) {
			break;
		}
	}
	ast_channel_iterator_destroy(iterator);
	return chan;
}

void note_moved(const struct ends *ends)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&ends->halves); i++) {
		struct ast_channel *half = AST_VECTOR_GET(&ends->halves, i);
		struct facts *facts;

		ast_channel_lock(half);
		if ((facts = facts_of(half))) {
			facts->moved = 1;
		}
		ast_channel_unlock(half);
	}
}

void free_channels(struct channels *channels)
{
	AST_VECTOR_CALLBACK_VOID(channels, ao2_cleanup);
	AST_VECTOR_FREE(channels);
}

void free_ends(struct ends *ends)
{
	free_channels(&ends->speaking);
	free_channels(&ends->in_rooms);
	free_channels(&ends->ringing);
	free_channels(&ends->halves);
	AST_VECTOR_CALLBACK_VOID(&ends->seen, ao2_cleanup);
	AST_VECTOR_FREE(&ends->seen);
}
