/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who begins to listen in, and on what channel
 *
 * Asterisk tells of it a moment later, and by then another may have come in the place of who listens in, or of who is heard: by a transfer, or by
 * INVITE with Replaces. The channel that was told of is gone then. So it is any that listens in, or is spoken to, of which nothing is known yet.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/app.h"
#include "asterisk/channel.h"
#include "asterisk/stasis.h"
#include "asterisk/stasis_channels.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "behind.h"
#include "heard.h"
#include "snapshots.h"

#ifdef CALLPROP_SNAPSHOT_BASE
#define SNAPSHOT_DATA(snapshot) (snapshot)->dialplan->data
#define SNAPSHOT_APPL(snapshot) (snapshot)->dialplan->appl
#else
#define SNAPSHOT_DATA(snapshot) (snapshot)->data
#define SNAPSHOT_APPL(snapshot) (snapshot)->appl
#endif

static struct stasis_subscription *spies;

enum {
	/*! So long another may be about to come in somebody's place. */
	UNLISTED_MS = 20,
};

enum {
	SPEAKS = 1,
	BARGES = 2,
	OTHER = 4,
};

/*! \return which of these the options of ChanSpy(channel,options) say, read as ChanSpy() reads them */
static unsigned int ways_of(const char *arguments)
{
	AST_APP_OPTIONS(options,
		{
			AST_APP_OPTION('w', SPEAKS),
			AST_APP_OPTION('W', SPEAKS),
			AST_APP_OPTION('B', BARGES),
			AST_APP_OPTION('d', BARGES),
			/* Or Asterisk would warn of each. ChanSpy() itself warns of what it does not know. */
			[0 ... 'A'] = { .flag = OTHER },
			['C' ... 'V'] = { .flag = OTHER },
			['X' ... 'c'] = { .flag = OTHER },
			['e' ... 'v'] = { .flag = OTHER },
			['x' ... 127] = { .flag = OTHER },
		});
	AST_DECLARE_APP_ARGS(args, AST_APP_ARG(channel); AST_APP_ARG(options););
	char *text = ast_strdupa(arguments);
	struct ast_flags flags = { 0 };

	AST_STANDARD_APP_ARGS(args, text);
	if (!ast_strlen_zero(args.options)) {
		ast_app_parse_options(options, &flags, NULL, args.options);
	}
	return flags.flags & (SPEAKS | BARGES);
}

/*! \brief Has another come in the place of this one, which Asterisk has not ended yet? */
static int is_replaced(struct ast_channel *chan)
{
	int replaced;

	ast_channel_lock(chan);
	replaced = ast_test_flag(ast_channel_flags(chan), AST_FLAG_ZOMBIE) != 0;
	ast_channel_unlock(chan);
	return replaced;
}

/*! \return the channel that was told of, with a reference; NULL when it is gone, or another is in its place */
static struct ast_channel *still_there(const struct ast_channel_snapshot *told)
{
	struct ast_channel *chan = channel_of(told);

	if (chan && is_replaced(chan)) {
		chan = ast_channel_unref(chan);
	}
	if (!chan) {
		/* While another comes there, Asterisk has neither in its list. */
		usleep(UNLISTED_MS * 1000);
	}
	return chan;
}

/*!
 * \brief Does this one speak by ChanSpy(), and it is not known to whom?
 * \param data what the application was given; NULL when that may be anything
 * \return how, or 0
 */
static unsigned int ways_unknown(struct ast_channel *chan, const char *data)
{
	struct facts facts;
	const char *own;
	int is_spy;

	ast_channel_lock(chan);
	facts_get(chan, &facts);
	is_spy = is_spying(S_OR(ast_channel_appl(chan), ""));
	own = ast_strdupa(S_OR(ast_channel_data(chan), ""));
	ast_channel_unlock(chan);
	if (!is_spy || (data && strcmp(own, data)) || (facts.speaks_to[0] && is_heard_anywhere(facts.speaks_to))) {
		return 0;
	}
	return ways_of(own);
}

/*! \return the only channel to which somebody speaks of whom nobody has told, with a reference; NULL when there are none, or more */
static struct ast_channel *only_unknown_heard(int *more)
{
	struct ast_channel_iterator *iterator = ast_channel_iterator_all_new();
	struct ast_channel *chan, *found = NULL;
	struct facts facts;

	*more = 0;
	for (; iterator && (chan = ast_channel_iterator_next(iterator)); ast_channel_unref(chan)) {
		facts_get(chan, &facts);
		if (!facts.heard_as[0] && is_spoken_to(chan)) {
			*more |= found != NULL;
			ao2_replace(found, chan);
		}
	}
	ast_channel_iterator_destroy(iterator);
	return found;
}

/*! \brief Notes to whom this one speaks, before it is looked who that is: who is not there yet is decided when he comes */
static void note_spy(struct ast_channel *spy, const char *heard_as, int barges)
{
	struct facts *facts;

	ast_channel_lock(spy);
	if ((facts = facts_made(spy))) {
		facts->barges = barges;
		ast_copy_string(facts->speaks_to, heard_as, sizeof(facts->speaks_to));
	}
	ast_channel_unlock(spy);
}

static void note_snoop(struct ast_channel *snoop, const char *heard_as)
{
	struct facts *facts;

	ast_channel_lock(snoop);
	if ((facts = facts_made(snoop))) {
		ast_copy_string(facts->snoops_on, heard_as, sizeof(facts->snoops_on));
	}
	ast_channel_unlock(snoop);
}

/*! \brief ChanSpy() speaks at once: its options say whether. ARI's snoop does so when it is connected, which may have been told before */
static void spying_begun(struct configuration *configuration, struct ast_channel *spy, struct ast_channel *heard,
	char heard_as[CHANNEL_NAME_SIZE], unsigned int ways)
{
	struct ast_channel *half;

	note_heard(heard, heard_as);
	if (!ways) {
		note_snoop(spy, heard_as);
		decide_is_heard_from(configuration, heard, heard_as, spy);
		return;
	}
	note_spy(spy, heard_as, (ways & BARGES) != 0);
	decide_speaker(configuration, spy, spy, heard, (ways & BARGES) != 0);
	if ((half = other_half(spy))) {
		/* It may be on hold, where one is the announcer. */
		decide_announcers(configuration, half);
		ast_channel_unref(half);
	}
}

/*! \brief Whom this one speaks to is gone, or another is in that place */
static void begun_elsewhere(
	struct configuration *configuration, struct ast_channel *spy, char heard_as[CHANNEL_NAME_SIZE], unsigned int ways)
{
	int more;
	struct ast_channel *heard = only_unknown_heard(&more);

	if (heard && !more) {
		spying_begun(configuration, spy, heard, heard_as, ways);
	} else if (heard || ways) {
		deny_unknown(spy, "it speaks to a call, and who was there when it began is so no more");
		cut_off(spy);
	}
	ao2_cleanup(heard);
}

static void decide_spy(struct configuration *configuration, struct ast_channel *spy,
	const struct ast_channel_snapshot *told, unsigned int ways)
{
	RAII_VAR(struct ast_channel *, heard, still_there(told), ao2_cleanup);
	char heard_as[CHANNEL_NAME_SIZE];

	if (ways) {
		ast_copy_string(heard_as, SNAPSHOT_UNIQUEID(told), sizeof(heard_as));
	} else {
		id_snooped_by(spy, heard_as);
	}
	if (heard) {
		spying_begun(configuration, spy, heard, heard_as, ways);
	} else {
		begun_elsewhere(configuration, spy, heard_as, ways);
	}
}

/*! \brief The same, when who began is gone, or another is in that place: any may be it that runs the same of which nobody has told */
static void decide_unknown_spies(struct configuration *configuration, const struct ast_channel_snapshot *told,
	const struct ast_channel_snapshot *heard, unsigned int ways)
{
	struct ast_channel_iterator *iterator = ast_channel_iterator_all_new();
	struct ast_channel *chan;

	for (; iterator && (chan = ast_channel_iterator_next(iterator)); ast_channel_unref(chan)) {
		if (ways_unknown(chan, SNAPSHOT_DATA(told))) {
			decide_spy(configuration, chan, heard, ways);
		}
	}
	ast_channel_iterator_destroy(iterator);
}

void decide_unknown_spy(struct configuration *configuration, struct ast_channel *chan)
{
	struct ast_channel *heard;
	char heard_as[CHANNEL_NAME_SIZE];
	unsigned int ways = ways_unknown(chan, NULL);
	int more;

	/* When there are more, or none, Asterisk is still to tell of it. */
	if (ways && (heard = only_unknown_heard(&more))) {
		if (!more) {
			ast_channel_lock(heard);
			ast_copy_string(heard_as, ast_channel_uniqueid(heard), sizeof(heard_as));
			ast_channel_unlock(heard);
			spying_begun(configuration, chan, heard, heard_as, ways);
		}
		ast_channel_unref(heard);
	}
}

/*! \brief Is this ARI's snoop? Its channel may listen in by ChanSpy(), too */
static int is_snoop_told(const struct ast_channel_snapshot *spy)
{
	return is_snoop(SNAPSHOT_NAME(spy)) && !is_spying(SNAPSHOT_APPL(spy));
}

/*! \return how he speaks: 0 when he does not, or when that is a snoop. When Asterisk tells of what was before, it may be any way */
static unsigned int ways_told(const struct ast_channel_snapshot *spy)
{
	if (is_spying(SNAPSHOT_APPL(spy))) {
		return ways_of(SNAPSHOT_DATA(spy));
	}
	return is_snoop_told(spy) ? 0 : BARGES;
}

static void decide_told(struct configuration *configuration, const struct ast_channel_snapshot *told,
	const struct ast_channel_snapshot *heard)
{
	unsigned int ways = ways_told(told);
	struct ast_channel *spy;

	if (!ways && !is_snoop_told(told)) {
		return;
	}
	if ((spy = still_there(told))) {
		decide_spy(configuration, spy, heard, ways);
		ast_channel_unref(spy);
	} else if (ways) {
		decide_unknown_spies(configuration, told, heard, ways);
	}
}

static void spying_told(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	const struct ast_channel_snapshot *told, *heard;

	if (!configuration || stasis_message_type(message) != ast_channel_chanspy_start_type()) {
		return;
	}
	told = ast_multi_channel_blob_get_channel(stasis_message_data(message), "spyer_channel");
	heard = ast_multi_channel_blob_get_channel(stasis_message_data(message), "spyee_channel");
	if (told && heard) {
		decide_told(configuration, told, heard);
	}
}

int spies_start(void)
{
	spies = subscribe(ast_channel_topic_all(), ast_channel_chanspy_start_type(), spying_told);
	return spies ? 0 : -1;
}

void spies_stop(void)
{
	spies = stasis_unsubscribe_and_join(spies);
}
