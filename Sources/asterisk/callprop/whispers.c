/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who speaks to a call in which he is not
 *
 * Listening in is no call, and has permissions of its own. But who listens in by ChanSpy() with the options B, w, W or d, or by ARI's snoop with
 * whisper, is heard as well, and no bridge has the two. For an extension of the same client that is the PBX's own permission, too. But outside
 * would so be connected with whom it may not call, and one client with another: that is decided as though he had called whom he speaks to. Who
 * does so in a bridge with the channel by which ARI snoops, or behind a Local channel, may come there later than he begins, and so may whom he is heard by.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/bridge.h"
#include "asterisk/channel.h"
#include "asterisk/stasis_channels.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "behind.h"
#include "heard.h"
#include "snapshots.h"

int is_spying(const char *application)
{
	return strstr(application, "Spy") != NULL;
}

void id_snooped_by(struct ast_channel *snoop, char id[CHANNEL_NAME_SIZE])
{
	char name[CHANNEL_NAME_SIZE], *dash;
	struct facts facts;

	name_of(snoop, name);
	facts_get(snoop, &facts);
	*id = '\0';
	if (is_snoop(name) && (dash = strrchr(name, '-'))) {
		*dash = '\0';
		ast_copy_string(id, S_OR(facts.snoops_on, name + strlen("Snoop/")), CHANNEL_NAME_SIZE);
	}
}

/*! \brief Does somebody who listens in by ChanSpy() here speak? Gets the id of the channel that hears him, or an empty one */
static void id_spoken_to_by(struct ast_channel *spy, char id[CHANNEL_NAME_SIZE], int *barges)
{
	struct facts facts;
	int still;

	ast_channel_lock(spy);
	still = is_spying(S_OR(ast_channel_appl(spy), ""));
	facts_get(spy, &facts);
	ast_channel_unlock(spy);
	*barges = facts.barges;
	ast_copy_string(id, still ? facts.speaks_to : "", CHANNEL_NAME_SIZE);
}

/*! \brief Finds the channels that hear who speaks by this one; free_channels() is for them */
static void find_spoken_to_by(struct ast_channel *by, int is_half, int *barges, struct channels *found)
{
	char id[CHANNEL_NAME_SIZE];

	*barges = 1;
	if (is_half) {
		id_spoken_to_by(by, id, barges);
	} else {
		id_snooped_by(by, id);
	}
	AST_VECTOR_INIT(found, 0);
	if (id[0]) {
		find_heard_as(id, found);
	}
}

/*!
 * \brief Does this one of them hear him?
 *
 * ChanSpy() may be about to speak on the only one; a snoop may be one that only listens.
 */
static int hears(const struct channels *hearers, size_t i, int is_half)
{
	return is_spoken_to(AST_VECTOR_GET(hearers, i)) || (is_half && AST_VECTOR_SIZE(hearers) == 1);
}

/*! \brief Decides for somebody who speaks by a channel to these */
static void decide_hearers(struct configuration *configuration, struct ast_channel *by, struct ast_channel *speaker,
	int is_half, int barges, const struct channels *hearers)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(hearers); i++) {
		if (hears(hearers, i, is_half)) {
			decide_speaker(configuration, by, speaker, AST_VECTOR_GET(hearers, i), barges);
		}
	}
}

/*! \brief Decides for each of these who are connected with a channel, when that listens in to a call and speaks there */
static void decide_speaks(
	struct configuration *configuration, const struct channels *ones, struct ast_channel *by, int is_half)
{
	int barges;
	struct channels hearers;
	size_t i;

	find_spoken_to_by(by, is_half, &barges, &hearers);
	for (i = 0; i < AST_VECTOR_SIZE(ones); i++) {
		decide_hearers(configuration, by, AST_VECTOR_GET(ones, i), is_half, barges, &hearers);
	}
	free_channels(&hearers);
}

/*! \brief Decides for everybody in the bridge of a channel by which ARI snoops */
static void decide_snoop(struct configuration *configuration, struct ast_channel *snoop, struct ast_channel *heard)
{
	RAII_VAR(struct ao2_container *, members, members_with(snoop), ao2_cleanup);
	struct ao2_iterator iterator;
	struct ast_channel *one;

	if (!members) {
		return;
	}
	iterator = ao2_iterator_init(members, 0);
	for (; (one = ao2_iterator_next(&iterator)); ast_channel_unref(one)) {
		if (one != snoop) {
			decide_speaker(configuration, snoop, one, heard, 1);
		}
	}
	ao2_iterator_destroy(&iterator);
}

void decide_is_heard_from(
	struct configuration *configuration, struct ast_channel *chan, const char *heard_as, struct ast_channel *spy)
{
	char snooped[CHANNEL_NAME_SIZE], spoken_to[CHANNEL_NAME_SIZE];
	int barges;

	id_snooped_by(spy, snooped);
	id_spoken_to_by(spy, spoken_to, &barges);
	if (!strcmp(snooped, heard_as)) {
		decide_snoop(configuration, spy, chan);
	} else if (!strcmp(spoken_to, heard_as)) {
		decide_speaker(configuration, spy, spy, chan, barges);
	}
}

/*!
 * \brief Somebody comes to a channel to which others speak, is connected with it, or behind it: they are heard by him from now on
 *
 * The channel itself is not looked for: while another comes in somebody's place, Asterisk has it in no list.
 */
static void decide_is_heard(struct configuration *configuration, struct ast_channel *chan)
{
	struct ast_channel_iterator *iterator;
	struct ast_channel *spy;
	struct facts facts;

	facts_get(chan, &facts);
	if (!facts.heard_as[0] || !is_spoken_to(chan) || !(iterator = ast_channel_iterator_all_new())) {
		return;
	}
	for (; (spy = ast_channel_iterator_next(iterator)); ast_channel_unref(spy)) {
		decide_is_heard_from(configuration, chan, facts.heard_as, spy);
	}
	ast_channel_iterator_destroy(iterator);
}

/*! \brief The ones are connected with the others, among whom are perhaps channels by which somebody listens in */
static void decide_all_speak(
	struct configuration *configuration, const struct ends *ones, const struct channels *twos, int are_halves)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(twos); i++) {
		decide_speaks(configuration, &ones->speaking, AST_VECTOR_GET(twos, i), are_halves);
		decide_speaks(configuration, &ones->in_rooms, AST_VECTOR_GET(twos, i), are_halves);
	}
}

void decide_heard_through(struct configuration *configuration, const struct ends *ones, const struct ends *twos)
{
	decide_all_speak(configuration, ones, &twos->halves, 1);
	decide_all_speak(configuration, ones, &twos->speaking, 0);
	decide_all_speak(configuration, ones, &twos->in_rooms, 0);
}

static void decide_all_heard(struct configuration *configuration, const struct channels *channels)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(channels); i++) {
		decide_is_heard(configuration, AST_VECTOR_GET(channels, i));
	}
}

/*! \brief Behind one of these Local channels somebody has come, and its other half may be on hold, where one is the announcer */
static void decide_all_waiting(struct configuration *configuration, const struct channels *halves)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(halves); i++) {
		decide_announcers(configuration, AST_VECTOR_GET(halves, i));
	}
}

void decide_whispers(struct configuration *configuration, const struct ends *ones, const struct ends *twos)
{
	const struct ends *both[] = { ones, twos };
	size_t i;

	decide_heard_through(configuration, ones, twos);
	decide_heard_through(configuration, twos, ones);
	for (i = 0; i < ARRAY_LEN(both); i++) {
		decide_all_heard(configuration, &both[i]->speaking);
		decide_all_heard(configuration, &both[i]->in_rooms);
		decide_all_heard(configuration, &both[i]->halves);
		decide_all_waiting(configuration, &both[i]->halves);
	}
}

void decide_whispers_anew(struct configuration *configuration, struct ast_channel *chan)
{
	int barges;
	struct channels hearers;

	unite_heard(chan);
	decide_unknown_spy(configuration, chan);
	find_spoken_to_by(chan, 1, &barges, &hearers);
	decide_hearers(configuration, chan, chan, 1, barges, &hearers);
	free_channels(&hearers);
	decide_is_heard(configuration, chan);
}
