/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who hears the same ones speak
 *
 * Asterisk does not say who speaks on a channel, only that somebody does. So what somebody listens in to gets an id, which he keeps, and stays with
 * the channel, whoever comes there. A channel on which one comes to whom others speak has theirs from then on, and so has, while he barges in, what
 * it is connected with: Asterisk lets that hear him for as long as he listens in. Ids that become one stay one.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/audiohook.h"
#include "asterisk/channel.h"
#include "asterisk/stasis.h"
#include "asterisk/stasis_channels.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "behind.h"
#include "heard.h"
#include "snapshots.h"

int is_spoken_to(struct ast_channel *chan)
{
	static const char *const sources[] = { "ChanSpy", "Chanspy", "Snoop" };
	size_t i;
	int found = 0;

	ast_channel_lock(chan);
	for (i = 0; i < ARRAY_LEN(sources) && !found; i++) {
		found = ast_channel_audiohook_count_by_source(chan, sources[i], AST_AUDIOHOOK_TYPE_WHISPER) > 0;
	}
	ast_channel_unlock(chan);
	return found;
}

void find_heard_as(const char *id, struct channels *found)
{
	struct ast_channel_iterator *iterator = ast_channel_iterator_all_new();
	struct ast_channel *chan;
	struct facts facts;

	AST_VECTOR_INIT(found, 0);
	for (; iterator && (chan = ast_channel_iterator_next(iterator)); ast_channel_unref(chan)) {
		facts_get(chan, &facts);
		if (!strcmp(facts.heard_as, id) && !AST_VECTOR_APPEND(found, chan)) {
			ast_channel_ref(chan);
		}
	}
	ast_channel_iterator_destroy(iterator);
	if (!AST_VECTOR_SIZE(found) && (chan = channel_with_id(id)) && AST_VECTOR_APPEND(found, chan)) {
		ast_channel_unref(chan);
	}
}

int is_heard_anywhere(const char *id)
{
	struct channels channels;
	size_t i;
	int found = 0;

	find_heard_as(id, &channels);
	for (i = 0; i < AST_VECTOR_SIZE(&channels) && !found; i++) {
		found = is_spoken_to(AST_VECTOR_GET(&channels, i));
	}
	free_channels(&channels);
	return found;
}

/*! \brief Who knew a channel by the one id knows it by the other */
static void rename_in(struct ast_channel *chan, const char *from, const char *to)
{
	struct facts *facts;

	ast_channel_lock(chan);
	if ((facts = facts_of(chan))) {
		char *const ids[] = { facts->heard_as, facts->speaks_to, facts->snoops_on };
		size_t i;

		for (i = 0; i < ARRAY_LEN(ids); i++) {
			if (!strcmp(ids[i], from)) {
				ast_copy_string(ids[i], to, AST_MAX_UNIQUEID);
			}
		}
	}
	ast_channel_unlock(chan);
}

static void unite(const char *from, const char *to)
{
	struct ast_channel_iterator *iterator = ast_channel_iterator_all_new();
	struct ast_channel *chan;

	for (; iterator && (chan = ast_channel_iterator_next(iterator)); ast_channel_unref(chan)) {
		rename_in(chan, from, to);
	}
	ast_channel_iterator_destroy(iterator);
}

void note_heard(struct ast_channel *heard, char id[CHANNEL_NAME_SIZE])
{
	struct facts *facts;

	ast_channel_lock(heard);
	if ((facts = facts_made(heard))) {
		if (facts->heard_as[0]) {
			ast_copy_string(id, facts->heard_as, CHANNEL_NAME_SIZE);
		}
		ast_copy_string(facts->heard_as, id, sizeof(facts->heard_as));
	}
	ast_channel_unlock(heard);
}

void note_heard_with(struct ast_channel *heard, struct ast_channel *partner)
{
	char id[CHANNEL_NAME_SIZE];
	struct facts facts;

	facts_get(heard, &facts);
	if (!facts.heard_as[0]) {
		return;
	}
	ast_copy_string(id, facts.heard_as, sizeof(id));
	note_heard(partner, id);
	if (strcmp(id, facts.heard_as)) {
		unite(id, facts.heard_as);
	}
}

void unite_heard(struct ast_channel *chan)
{
	char ids[2][AST_MAX_UNIQUEID] = { "", "" };
	struct facts *facts;

	ast_channel_lock(chan);
	if ((facts = facts_of(chan))) {
		ast_copy_string(ids[0], facts->also_heard_as, sizeof(ids[0]));
		ast_copy_string(ids[1], facts->heard_as, sizeof(ids[1]));
		facts->also_heard_as[0] = '\0';
	}
	ast_channel_unlock(chan);
	if (ids[0][0] && strcmp(ids[0], ids[1])) {
		unite(ids[0], ids[1]);
	}
}
