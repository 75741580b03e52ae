/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief May who speaks be heard by a call in which he is not?
 *
 * For an extension of the same client that is the PBX's own permission. But outside would so be connected with whom it may not call, and one
 * client with another: that is decided as though he had called whom he speaks to.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/bridge.h"
#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "behind.h"
#include "heard.h"
#include "sides.h"

int is_snoop(const char *name)
{
	return !strncmp(name, "Snoop/", strlen("Snoop/"));
}

struct ao2_container *members_with(struct ast_channel *chan)
{
	RAII_VAR(struct ast_bridge *, bridge, bridge_of(chan), ao2_cleanup);

	return members_of(bridge);
}

/*! \brief May this one speak to that one? The PBX alone says so of extensions of the client in which the call is */
static int may_speak(struct configuration *configuration, struct side *one, struct side *two)
{
	const cp_call call = { .src = CP_EXTERNAL, .dst = CP_EXTENSION, .leg = CP_LEG_DST };

	if (one->end == END_UNKNOWN || two->end == END_UNKNOWN) {
		return deny_stranger(configuration, (one->end == END_UNKNOWN ? one : two)->chan, "",
			one->end == END_UNKNOWN ? "it speaks to a call, and" : "somebody speaks to it, and it");
	}
	if (are_colleagues(one, two)) {
		return 1;
	}
	if (!are_of_one_client(configuration, one, two)) {
		return deny_unknown(one->chan, "it speaks to a call of another client, which has not gone there");
	}
	if (one->extension) {
		return 1;
	}
	return two->extension ? permits(two->chan, two->extension, &call)
						  : deny_unknown(one->chan, "it speaks from outside to outside, and no extension does so");
}

/*! \brief The same, for what Asterisk itself has in calls, too */
static int may_be_heard_by(struct configuration *configuration, struct ast_channel *who, struct ast_channel *whom)
{
	struct side one, two;

	if (who == whom) {
		return 1;
	}
	look_at(configuration, who, &one);
	look_at(configuration, whom, &two);
	if (is_snoop(one.name) || is_snoop(two.name)) {
		return deny_unknown(
			is_snoop(one.name) ? whom : who, "it would be heard by another call, to which somebody listens in");
	}
	/* By a helper Asterisk itself plays something, or records. */
	return is_helper(&one) || is_helper(&two) || may_speak(configuration, &one, &two);
}

/*! \brief Is the one to be heard by each of these? \return 0 when it is denied */
static int may_be_heard_by_each(
	struct configuration *configuration, struct ast_channel *who, const struct channels *channels)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(channels); i++) {
		if (!may_be_heard_by(configuration, who, AST_VECTOR_GET(channels, i))) {
			return 0;
		}
	}
	return 1;
}

/*! \brief The same, for each of these; behind a conference room, too: nobody there has called it to be heard here */
static int may_each_be_heard(
	struct configuration *configuration, const struct channels *channels, const struct ends *heard)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(channels); i++) {
		struct ast_channel *who = AST_VECTOR_GET(channels, i);

		if (!may_be_heard_by_each(configuration, who, &heard->speaking)
			|| !may_be_heard_by_each(configuration, who, &heard->in_rooms)) {
			return 0;
		}
	}
	return 1;
}

/*! \brief The same, for whoever is behind the two channels now. \return 0 when it is denied */
static int may_be_heard(struct configuration *configuration, struct ast_channel *speaker, struct ast_channel *heard)
{
	struct ends ones, twos;
	int permitted;

	if (find_ends(speaker, &ones) & find_ends(heard, &twos)) {
		permitted = may_each_be_heard(configuration, &ones.speaking, &twos)
			&& may_each_be_heard(configuration, &ones.in_rooms, &twos);
	} else {
		permitted = deny_unknown(speaker, "it speaks to a call by a circle of Local channels");
	}
	free_ends(&ones);
	free_ends(&twos);
	return permitted;
}

/*! \brief The same, for everybody who is connected with the one that is spoken to; by ChanSpy() he is heard there from then on */
static int may_barge_in(
	struct configuration *configuration, struct ast_channel *by, struct ast_channel *speaker, struct ast_channel *heard)
{
	char name[CHANNEL_NAME_SIZE];
	RAII_VAR(struct ao2_container *, members, members_with(heard), ao2_cleanup);
	struct ao2_iterator iterator;
	struct ast_channel *one;
	int permitted = 1;

	if (!members) {
		return 1;
	}
	name_of(by, name);
	iterator = ao2_iterator_init(members, 0);
	for (; permitted && (one = ao2_iterator_next(&iterator)); ast_channel_unref(one)) {
		if (one != heard) {
			permitted = may_be_heard(configuration, speaker, one);
			if (!is_snoop(name)) {
				note_heard_with(heard, one);
			}
		}
	}
	ao2_iterator_destroy(&iterator);
	return permitted;
}

void decide_speaker(struct configuration *configuration, struct ast_channel *by, struct ast_channel *speaker,
	struct ast_channel *heard, int barges)
{
	if (!is_cut_off(by)
		&& (!may_be_heard(configuration, speaker, heard)
			|| (barges && !may_barge_in(configuration, by, speaker, heard)))) {
		cut_off(by);
	}
}
