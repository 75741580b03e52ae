/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Which status an extension has: at run time, after a restart, and after a reload
 *
 * Changes are made, and told, one after the other. A decision waits for none of them.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/lock.h"

/*!
 * Held while statuses change. The loader holds its own lock when it has the module reload; so nothing that is called under this
 * one may take that, and nothing does: AstDB, AMI and Stasis have locks of their own.
 */
AST_MUTEX_DEFINE_STATIC(changes);

/*! Held while the file is read and put in force. Taken before the other. */
AST_MUTEX_DEFINE_STATIC(reloads);

#define NO_DATABASE "AstDB cannot be read, and with it what was set at run time"
#define BAD_FILE CONFIG_FILE " is refused"

/*! Why everybody is denied since the start. */
#define REFUSED_FOR_FILE \
	CONFIG_FILE " was refused when the module was loaded: mend it (the log says what is wrong), then callprop reload"
#define REFUSED_FOR_DATABASE "AstDB could not be read when the module was loaded: callprop reload, once it can"

/*! What a status becomes that the file does not have, when there is no memory for its name. */
static struct status nothing = { { "" }, .unknown = 1 };

/*! \brief A status that the file does not have, by its name. Nobody decided what it grants, so it grants nothing */
static struct status *unknown_status(struct configuration *configuration, const char *name)
{
	struct status *status = table_find(&configuration->unknown_statuses, name);

	if (!status && (status = table_add(&configuration->unknown_statuses, name, sizeof(*status)))) {
		status->unknown = 1;
	}
	return status ? status : &nothing;
}

static struct status *restored_status(
	struct configuration *configuration, const struct extension *extension, const char *name)
{
	struct status *status = status_named(configuration, extension->client, name);

	if (!status) {
		status = unknown_status(configuration, name);
		configuration->warnings++;
		ast_log(LOG_WARNING,
			"Extension %s was set to status '%s', which %s does not have: it grants nothing. "
			"callprop set status or unset status ends that\n",
			extension_name(extension), name, CONFIG_FILE);
	}
	return status;
}

/*! \brief Gives the extensions the statuses that were set at run time, which outlive restarts and reloads */
static void restore_statuses(struct configuration *configuration)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);
		struct kept kept;

		if (!read_kept(extension, &kept)) {
			continue;
		}
		extension->at_run_time = 1;
		extension->status = restored_status(configuration, extension, kept.status);
		extension->until = kept.until;
		if (!ast_strlen_zero(kept.afterwards)) {
			extension->afterwards = restored_status(configuration, extension, kept.afterwards);
		}
		ast_free(kept.text);
	}
}

/*!
 * \brief The same, and puts those who logged in at their phones again
 *
 * \return 0, or -1 when that cannot be read, before or behind it: it is not known then
 */
static int restore(struct configuration *configuration)
{
	int answers = database_answers();

	restore_statuses(configuration);
	restore_phones(configuration);
	return answers && database_answers() ? 0 : -1;
}

const char *source_of(const struct extension *extension)
{
	return __atomic_load_n(&extension->at_run_time, __ATOMIC_ACQUIRE) ? "run-time" : "file";
}

time_t until_of(const struct extension *extension)
{
	return __atomic_load_n(&extension->until, __ATOMIC_ACQUIRE);
}

/*! \brief Tells of a change. Without a status before, the extension is new */
static void tell(const struct extension *extension, const struct status *status, const struct status *previous,
	const struct author *author)
{
	char until[TIME_SIZE];

	write_time(until_of(extension), until);
	raise_extension_event("CallpropStatus",
		(const struct event_field[]){
			{ "Extension", extension_name(extension) },
			{ "Client", client_name(extension) },
			{ "Status", status->named.name },
			{ "PreviousStatus", previous ? previous->named.name : "" },
			{ "Granted", status->granted_text },
			{ "Source", source_of(extension) },
			{ "Until", until },
			{ "By", author->by },
			{ "Who", author->who },
			{ NULL, NULL },
		});
	if (previous) {
		seen_tell(extension, status);
	}
	history_change(extension, previous, status, until_of(extension), author);
}

/*! \brief From here on the extension has this status */
static void change(
	struct extension *extension, struct status *status, int at_run_time, time_t until, const struct author *author)
{
	const struct status *previous = status_of(extension);
	int differs = status != previous || at_run_time != extension->at_run_time || until != extension->until;

	__atomic_store_n(&extension->status, status, __ATOMIC_RELEASE);
	__atomic_store_n(&extension->at_run_time, at_run_time, __ATOMIC_RELEASE);
	__atomic_store_n(&extension->until, until, __ATOMIC_RELEASE);
	if (differs) {
		tell(extension, status, previous, author);
	}
}

enum change_result set_status(
	const char *extension_name, const char *status_name, time_t until, const struct author *author)
{
	SCOPED_MUTEX(lock, &changes);
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension = extension_named(configuration, extension_name);
	struct status *status = extension ? status_written(configuration, extension->client, status_name) : NULL,
				  *afterwards = NULL;

	if (!extension || !status) {
		return extension ? NO_STATUS : NO_EXTENSION;
	}
	if (until && extension->at_run_time) {
		/* What ends gives way to what was there before. Of two that end, that is what was there before both. */
		afterwards = extension->until ? extension->afterwards : status_of(extension);
	}
	if (keep(extension, status, until, afterwards)) {
		return FAILED;
	}
	extension->afterwards = afterwards;
	change(extension, status, 1, until, author);
	if (until) {
		until_wake();
	}
	return CHANGED;
}

enum change_result unset_status(const char *extension_name, const struct author *author)
{
	SCOPED_MUTEX(lock, &changes);
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension = extension_named(configuration, extension_name);

	if (!extension) {
		return NO_EXTENSION;
	}
	if (keep_nothing(extension)) {
		return FAILED;
	}
	extension->afterwards = NULL;
	change(extension, extension->of_file, 0, 0, author);
	return CHANGED;
}

/*! \brief The time of its status is over */
static void end_status(struct extension *extension)
{
	static const struct author time_itself = { "time", "" };
	struct status *afterwards = extension->afterwards;

	/* When that cannot be kept, it ends again at the next start. */
	if (afterwards ? keep(extension, afterwards, 0, NULL) : keep_nothing(extension)) {
		ast_log(LOG_WARNING, "The status of extension %s has ended, which AstDB does not keep\n",
			extension_name(extension));
	}
	extension->afterwards = NULL;
	change(extension, afterwards ? afterwards : extension->of_file, afterwards != NULL, 0, &time_itself);
}

/*! \brief The same, while changes is held */
static time_t end_all(struct configuration *configuration, time_t now)
{
	time_t next = 0;
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);

		if (!extension->until) {
			continue;
		}
		if (extension->until <= now) {
			end_status(extension);
		} else if (!next || extension->until < next) {
			next = extension->until;
		}
	}
	return next;
}

time_t end_statuses(time_t now)
{
	SCOPED_MUTEX(lock, &changes);
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);

	return end_all(configuration, now);
}

/*! How many extensions are told of before others have their turn. */
#define AT_ONCE 100

int tell_untold(void)
{
	SCOPED_MUTEX(lock, &changes);
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	size_t i, count = 0;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions) && count < AT_ONCE; i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);

		if (extension->is_untold) {
			extension->is_untold = 0;
			seen_tell_first(extension, status_of(extension), AST_VECTOR_SIZE(&configuration->extensions));
			count++;
		}
	}
	return count == AT_ONCE;
}

/*! \brief Writes what each extension has, as the beginning of a history */
static void begin_history(struct configuration *configuration, const char *by)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		const struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);

		history_change(extension, NULL, status_of((struct extension *) extension), extension->until,
			&(const struct author){ by, "" });
	}
}

/*! \brief Tells of each extension to which a reload gave another status, or a status that grants other things */
static void tell_differences(struct configuration *before, struct configuration *after)
{
	static const struct author reload = { "reload", "" };
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&after->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&after->extensions, i);
		struct extension *old = table_find(&before->extensions, extension->named.name);
		struct status *status = status_of(extension);

		if (!old || status_of(old)->granted != status->granted || old->at_run_time != extension->at_run_time
			|| strcmp(status_of(old)->named.name, status->named.name)) {
			tell(extension, status, old ? status_of(old) : NULL, &reload);
		}
		/* There may be many: they are told of behind the scenes. */
		extension->is_untold = !old || old->is_untold;
	}
	for (i = 0; i < AST_VECTOR_SIZE(&before->extensions); i++) {
		struct extension *old = (struct extension *) AST_VECTOR_GET(&before->extensions, i);

		if (!table_find(&after->extensions, old->named.name)) {
			seen_tell_gone(old);
			history_change(old, status_of(old), NULL, 0, &reload);
		}
	}
}

/*! \return what */
static const char *refuse_reload(const char *what)
{
	RAII_VAR(struct configuration *, kept, configuration_ref(), ao2_cleanup);

	ast_log(LOG_ERROR, "%s: what was %s stays in force\n", what,
		kept->refused ? "at the start, that everybody is denied," : "read before");
	return what;
}

const char *statuses_reload(char text[REFUSAL_SIZE])
{
	/* One reload after the other, so that the file that was read last is in force. Changes of a status wait for none. */
	SCOPED_MUTEX(lock, &reloads);
	RAII_VAR(struct configuration *, after, configuration_read(), ao2_cleanup);
	struct configuration *before;
	int is_begun;

	if (!after) {
		refuse_reload(BAD_FILE);
		snprintf(text, REFUSAL_SIZE, "%s: %s", BAD_FILE, configuration_refusal());
		return text;
	}
	ast_mutex_lock(&changes);
	phones_lock();
	if (restore(after)) {
		phones_unlock();
		ast_mutex_unlock(&changes);
		return refuse_reload(NO_DATABASE);
	}
	before = configuration_ref();
	configuration_publish(after);
	is_begun = history_open(after->history);
	tell_differences(before, after);
	raise_phone_differences(before, after);
	phones_unlock();
	if (is_begun) {
		begin_history(after, "reload");
	}
	end_all(after, time(NULL));
	ast_mutex_unlock(&changes);
	until_wake();
	ao2_cleanup(before);
	return NULL;
}

size_t emergency_numbers(const struct configuration *configuration)
{
	size_t i, count = 0;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->clients); i++) {
		count += AST_VECTOR_SIZE(&((struct client *) AST_VECTOR_GET(&configuration->clients, i))->emergency_numbers);
	}
	return count;
}

int statuses_start(void)
{
	RAII_VAR(struct configuration *, configuration, configuration_read(), ao2_cleanup);
	const char *what = configuration ? NO_DATABASE : BAD_FILE,
			   *refused = configuration ? REFUSED_FOR_DATABASE : REFUSED_FOR_FILE;
	size_t i;

	if (!configuration || restore(configuration)) {
		ao2_cleanup(configuration);
		if (!(configuration = configuration_read_refused(refused))) {
			return -1;
		}
		ast_log(LOG_ERROR,
			"%s, and nothing was read before: every call is denied, but for %zu emergency numbers that %s names. "
			"Mend it, then: callprop reload\n",
			what, emergency_numbers(configuration), CONFIG_FILE);
	}
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		((struct extension *) AST_VECTOR_GET(&configuration->extensions, i))->is_untold = 1;
	}
	configuration_publish(configuration);
	if (history_open(configuration->history)) {
		begin_history(configuration, "start");
	}
	/* Before anybody calls: a status whose time ran out while nobody was here is gone. */
	end_statuses(time(NULL));
	return 0;
}

void statuses_stop(void)
{
	configuration_withdraw();
}
