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

#include "asterisk/audiohook.h"
#include "asterisk/bridge.h"
#include "asterisk/channel.h"
#include "asterisk/stasis.h"
#include "asterisk/stasis_channels.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "behind.h"
#include "sides.h"
#include "snapshots.h"

#ifdef CALLPROP_SNAPSHOT_BASE
#define SNAPSHOT_DATA(snapshot) (snapshot)->dialplan->data
#define SNAPSHOT_APPL(snapshot) (snapshot)->dialplan->appl
#else
#define SNAPSHOT_DATA(snapshot) (snapshot)->data
#define SNAPSHOT_APPL(snapshot) (snapshot)->appl
#endif

static struct stasis_subscription *spies;

static int is_snoop(const char *name)
{
	return !strncmp(name, "Snoop/", strlen("Snoop/"));
}

/*! \brief Is this ChanSpy() or ExtenSpy()? */
static int is_spying(const char *application)
{
	return strstr(application, "Spy") != NULL;
}

/*! \return the channel on which this one snoops, with a reference; NULL when it does not, or that is gone. Its name is Snoop/UNIQUEID-00000001 */
static struct ast_channel *snooped_by(struct ast_channel *snoop)
{
	char uniqueid[AST_MAX_UNIQUEID + AST_CHANNEL_NAME] = "";
	char *dash;

	ast_channel_lock(snoop);
	if (is_snoop(ast_channel_name(snoop))) {
		ast_copy_string(uniqueid, ast_channel_name(snoop) + strlen("Snoop/"), sizeof(uniqueid));
	}
	ast_channel_unlock(snoop);
	if (!(dash = strrchr(uniqueid, '-'))) {
		return NULL;
	}
	*dash = '\0';
	return channel_with_id(uniqueid);
}

/*! \brief Is somebody heard on this channel who is not connected with it? */
static int is_spoken_to(struct ast_channel *chan)
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

/*! \return who is in the bridge of this channel, and the channel itself; NULL when it is in none, or on hold */
static struct ao2_container *members_with(struct ast_channel *chan)
{
	RAII_VAR(struct ast_bridge *, bridge, bridge_of(chan), ao2_cleanup);

	return members_of(bridge);
}

/*! \brief May this one speak to that one? The PBX alone says so of extensions of the client in which the call is */
static int may_speak(struct configuration *configuration, struct side *one, struct side *two)
{
	const cp_call call = { .src = CP_EXTERNAL, .dst = CP_EXTENSION, .leg = CP_LEG_DST };

	if (one->end == END_UNKNOWN || two->end == END_UNKNOWN) {
		return deny_unknown(
			one->chan, "it speaks to a call, and is neither the interface of an extension nor a trunk of " CONFIG_FILE);
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

/*! \brief The same, for everybody who is connected with the one that is spoken to */
static int may_barge_in(struct configuration *configuration, struct ast_channel *speaker, struct ast_channel *heard)
{
	RAII_VAR(struct ao2_container *, members, members_with(heard), ao2_cleanup);
	struct ao2_iterator iterator;
	struct ast_channel *one;
	int permitted = 1;

	if (!members) {
		return 1;
	}
	iterator = ao2_iterator_init(members, 0);
	for (; permitted && (one = ao2_iterator_next(&iterator)); ast_channel_unref(one)) {
		permitted = one == heard || may_be_heard(configuration, speaker, one);
	}
	ao2_iterator_destroy(&iterator);
	return permitted;
}

/*!
 * \brief Decides for who speaks to a channel
 * \param by ends when it is denied: what listens in for him
 * \param barges he is heard by the other end of that call, too
 */
static void decide_speaker(struct configuration *configuration, struct ast_channel *by, struct ast_channel *speaker,
	struct ast_channel *heard, int barges)
{
	if (!is_cut_off(by)
		&& (!may_be_heard(configuration, speaker, heard) || (barges && !may_barge_in(configuration, speaker, heard)))) {
		cut_off(by);
	}
}

/*! \brief Does somebody who listens in by ChanSpy() here speak? \return the channel that hears him, with a reference; NULL when there is none */
static struct ast_channel *spoken_to_by(struct ast_channel *spy, int *barges)
{
	struct facts facts;
	int still;

	ast_channel_lock(spy);
	still = is_spying(S_OR(ast_channel_appl(spy), ""));
	facts_get(spy, &facts);
	ast_channel_unlock(spy);
	*barges = facts.barges;
	return still && facts.speaks_to[0] ? channel_with_id(facts.speaks_to) : NULL;
}

/*! \brief Decides for each of these who are connected with a channel, when that listens in to a call and speaks there */
static void decide_speaks(
	struct configuration *configuration, const struct channels *ones, struct ast_channel *by, int is_half)
{
	int barges = 1;
	RAII_VAR(struct ast_channel *, heard, is_half ? spoken_to_by(by, &barges) : snooped_by(by), ao2_cleanup);
	size_t i;

	if (!heard || (!is_half && !is_spoken_to(heard))) {
		return;
	}
	for (i = 0; i < AST_VECTOR_SIZE(ones); i++) {
		decide_speaker(configuration, by, AST_VECTOR_GET(ones, i), heard, barges);
	}
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

/*! \brief Somebody is connected with a channel to which others speak: those who barge in are heard by him from now on */
static void decide_is_heard(struct configuration *configuration, struct ast_channel *chan)
{
	struct ast_channel_iterator *iterator;
	struct ast_channel *spy;

	if (!is_spoken_to(chan) || !(iterator = ast_channel_iterator_all_new())) {
		return;
	}
	for (; (spy = ast_channel_iterator_next(iterator)); ast_channel_unref(spy)) {
		int barges = 0;
		RAII_VAR(struct ast_channel *, snooped, snooped_by(spy), ao2_cleanup);
		RAII_VAR(struct ast_channel *, spied, snooped ? NULL : spoken_to_by(spy, &barges), ao2_cleanup);

		if (snooped == chan) {
			decide_snoop(configuration, spy, chan);
		} else if (spied == chan && barges) {
			decide_speaker(configuration, spy, spy, chan, 1);
		}
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

static void decide_one_way(struct configuration *configuration, const struct ends *ones, const struct ends *twos)
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

void decide_whispers(struct configuration *configuration, const struct ends *ones, const struct ends *twos)
{
	const struct ends *both[] = { ones, twos };
	size_t i;

	decide_one_way(configuration, ones, twos);
	decide_one_way(configuration, twos, ones);
	for (i = 0; i < ARRAY_LEN(both); i++) {
		decide_all_heard(configuration, &both[i]->speaking);
		decide_all_heard(configuration, &both[i]->in_rooms);
		decide_all_heard(configuration, &both[i]->halves);
	}
}

/*! \brief Is one of these among the options of ChanSpy(channel,options)? What stands in parentheses belongs to another */
static int has_option(const char *arguments, const char *letters)
{
	const char *option = strchr(arguments, ',');
	int depth = 0;

	for (; option && *option; option++) {
		depth += (*option == '(') - (*option == ')' && depth);
		if (!depth && strchr(letters, *option)) {
			return 1;
		}
	}
	return 0;
}

/*! \brief Notes to whom this one speaks, before it is looked who that is: who is not there yet is decided when he comes */
static void note_spy(struct ast_channel *spy, struct ast_channel *heard, int barges)
{
	struct facts *facts;

	ast_channel_lock(spy);
	if ((facts = facts_made(spy))) {
		facts->barges = barges;
		ast_copy_string(facts->speaks_to, heard ? ast_channel_uniqueid(heard) : "", sizeof(facts->speaks_to));
	}
	ast_channel_unlock(spy);
}

/*! \brief ARI's snoop speaks to nobody before it is connected. ChanSpy() does so at once: its options say whether */
static void spying_begun(struct configuration *configuration, struct ast_channel *spy, struct ast_channel *heard,
	const struct ast_channel_snapshot *told)
{
	const char *arguments = SNAPSHOT_DATA(told);
	/* When Asterisk tells of what was before, it may be any of them. */
	int barges = !is_spying(SNAPSHOT_APPL(told)) || has_option(arguments, "Bd");

	if (barges || has_option(arguments, "wW")) {
		note_spy(spy, heard, barges);
		decide_speaker(configuration, spy, spy, heard, barges);
	}
}

static void spying_told(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	RAII_VAR(struct ast_channel *, spy, NULL, ao2_cleanup);
	RAII_VAR(struct ast_channel *, heard, NULL, ao2_cleanup);
	const struct ast_channel_snapshot *told;

	if (!configuration || stasis_message_type(message) != ast_channel_chanspy_start_type()) {
		return;
	}
	told = ast_multi_channel_blob_get_channel(stasis_message_data(message), "spyer_channel");
	if (!told || (is_snoop(SNAPSHOT_NAME(told)) && !is_spying(SNAPSHOT_APPL(told)))) {
		return;
	}
	spy = channel_of(told);
	heard = channel_of(ast_multi_channel_blob_get_channel(stasis_message_data(message), "spyee_channel"));
	if (spy && heard) {
		spying_begun(configuration, spy, heard, told);
	}
}

int whispers_start(void)
{
	spies = subscribe(ast_channel_topic_all(), ast_channel_chanspy_start_type(), spying_told);
	return spies ? 0 : -1;
}

void whispers_stop(void)
{
	spies = stasis_unsubscribe_and_join(spies);
}
