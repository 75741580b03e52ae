/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What repeats itself in one call is told once, and then counted
 *
 * A queue that nobody may answer for tries its members again every second, for as long as somebody waits. Each of them is told the
 * first time; the others are told together, as a number, once in a period and before the module goes.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/astobj2.h"
#include "asterisk/cli.h"
#include "asterisk/localtime.h"
#include "asterisk/sched.h"
#include "asterisk/strings.h"
#include "asterisk/time.h"
#include "asterisk/vector.h"

/*! In milliseconds. */
#define PERIOD 60000

/*! How many are remembered. What is more is told each time, so nothing is lost. */
#define MOST 10000

struct repeat {
	/*! Of them all together. Two denials with the same text are the same. */
	char *key;
	const char *linkedid;
	const char *extension;
	const char *status;
	const char *what;
	/*! How often since it was told. This and what follows is read and written under the lock of the container. */
	unsigned int count;
	unsigned int in_all;
	/*! Since the period began, it came. */
	int came;
	struct timeval last;
};

AO2_STRING_FIELD_HASH_FN(repeat, key)
AO2_STRING_FIELD_CMP_FN(repeat, key)

static struct ao2_container *repeats;
static struct ast_sched_context *clock_of_repeats;

/*! \brief Copies the text to where there is room. \return the copy; moves on behind it */
static const char *put(char **room, const char *text)
{
	char *copy = strcpy(*room, text); /* Safe */

	*room += strlen(copy) + 1;
	return copy;
}

static struct repeat *repeat_alloc(
	const char *key, const char *linkedid, const char *extension, const char *status, const char *what)
{
	size_t size = strlen(key) + strlen(linkedid) + strlen(extension) + strlen(status) + strlen(what) + 5;
	struct repeat *repeat = ao2_alloc_options(sizeof(*repeat) + size, NULL, AO2_ALLOC_OPT_LOCK_NOLOCK);
	char *room = (char *) (repeat + 1);

	if (repeat) {
		repeat->key = (char *) put(&room, key);
		repeat->linkedid = put(&room, linkedid);
		repeat->extension = put(&room, extension);
		repeat->status = put(&room, status);
		repeat->what = put(&room, what);
	}
	return repeat;
}

int is_repeated(const char *linkedid, const char *extension, const char *status, const char *what)
{
	struct ast_str *key = ast_str_create(256);
	struct repeat *repeat;
	int repeated = 0;

	if (!key || !repeats) {
		ast_free(key);
		return 0;
	}
	ast_str_set(&key, 0, "%s\n%s\n%s\n%s", linkedid, extension, status, what);
	ao2_lock(repeats);
	if ((repeat = ao2_find(repeats, ast_str_buffer(key), OBJ_SEARCH_KEY | OBJ_NOLOCK))) {
		repeat->count++;
		repeated = 1;
	} else if (ao2_container_count(repeats) < MOST
		&& (repeat = repeat_alloc(ast_str_buffer(key), linkedid, extension, status, what))) {
		ao2_link_flags(repeats, repeat, OBJ_NOLOCK);
	}
	if (repeat) {
		repeat->in_all++;
		repeat->came = 1;
		repeat->last = ast_tvnow();
	}
	ao2_unlock(repeats);
	ao2_cleanup(repeat);
	ast_free(key);
	return repeated;
}

static void tell(const struct repeat *repeat, unsigned int count)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", count);
	if (ast_strlen_zero(repeat->extension)) {
		ast_log(LOG_ERROR, "Call %s: denied %u more times: %s\n", repeat->linkedid, count, repeat->what);
		return;
	}
	ast_log(LOG_NOTICE, "Call %s: extension %s, status '%s': denied %u more times: %s\n", repeat->linkedid,
		repeat->extension, repeat->status, count, repeat->what);
	raise_extension_event("CallpropDenialRepeated",
		(const struct event_field[]){
			{ "Extension", repeat->extension },
			{ "Client", client_in_name(repeat->extension) },
			{ "Status", repeat->status },
			{ "Linkedid", repeat->linkedid },
			{ "Call", repeat->what },
			{ "Count", number },
			{ NULL, NULL },
		});
}

/*! \brief Tells what was counted, and forgets what did not come in the whole period, since the last time */
static int tell_all(const void *data)
{
	struct ao2_iterator iterator = ao2_iterator_init(repeats, 0);
	struct repeat *repeat;

	for (; (repeat = ao2_iterator_next(&iterator)); ao2_ref(repeat, -1)) {
		unsigned int count;

		ao2_lock(repeats);
		if (!repeat->came) {
			ao2_unlink_flags(repeats, repeat, OBJ_NOLOCK);
		}
		count = repeat->count;
		repeat->count = repeat->came = 0;
		ao2_unlock(repeats);
		if (count) {
			tell(repeat, count);
		}
	}
	ao2_iterator_destroy(&iterator);
	return PERIOD;
}

/*! What is shown of one, as it was when it was looked at. */
struct shown {
	struct repeat *repeat;
	struct timeval last;
	unsigned int in_all;
};

static int compare_shown(const void *left, const void *right)
{
	const struct shown *a = left, *b = right;

	return ast_tvcmp(a->last, b->last);
}

static void show(int fd, const struct shown *shown)
{
	const struct repeat *repeat = shown->repeat;
	struct ast_tm tm;
	char last[16];

	ast_strftime(last, sizeof(last), "%H:%M:%S", ast_localtime(&shown->last, &tm, NULL));
	ast_cli(fd, "%-9s %-20s %-12s %-20s %6u  %s\n", last, repeat->linkedid, S_OR(repeat->extension, "-"),
		S_OR(repeat->status, "-"), shown->in_all, repeat->what);
}

void repeats_show(int fd)
{
	AST_VECTOR(, struct shown) all = { NULL };
	struct ao2_iterator iterator = ao2_iterator_init(repeats, 0);
	struct repeat *repeat;
	size_t i;

	while ((repeat = ao2_iterator_next(&iterator))) {
		struct shown shown = { .repeat = repeat };

		ao2_lock(repeats);
		shown.last = repeat->last;
		shown.in_all = repeat->in_all;
		ao2_unlock(repeats);
		if (AST_VECTOR_APPEND(&all, shown)) {
			ao2_ref(repeat, -1);
		}
	}
	ao2_iterator_destroy(&iterator);
	if (AST_VECTOR_SIZE(&all)) {
		qsort(AST_VECTOR_GET_ADDR(&all, 0), AST_VECTOR_SIZE(&all), sizeof(struct shown), compare_shown);
		ast_cli(fd, "%-9s %-20s %-12s %-20s %6s  %s\n", "Last", "Call", "Extension", "Status", "Times", "What");
	}
	for (i = 0; i < AST_VECTOR_SIZE(&all); i++) {
		show(fd, AST_VECTOR_GET_ADDR(&all, i));
		ao2_ref(AST_VECTOR_GET(&all, i).repeat, -1);
	}
	AST_VECTOR_FREE(&all);
}

int repeats_start(void)
{
	repeats = ao2_container_alloc_hash(AO2_ALLOC_OPT_LOCK_MUTEX, 0, 1009, repeat_hash_fn, NULL, repeat_cmp_fn);
	clock_of_repeats = ast_sched_context_create();
	return !repeats || !clock_of_repeats || ast_sched_start_thread(clock_of_repeats)
			|| ast_sched_add(clock_of_repeats, PERIOD, tell_all, NULL) < 0
		? -1
		: 0;
}

void repeats_stop(void)
{
	if (clock_of_repeats) {
		ast_sched_context_destroy(clock_of_repeats);
		clock_of_repeats = NULL;
	}
	if (repeats) {
		tell_all(NULL);
		ao2_ref(repeats, -1);
		repeats = NULL;
	}
}
