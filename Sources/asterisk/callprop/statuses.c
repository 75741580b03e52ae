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

#include "asterisk/astdb.h"
#include "asterisk/lock.h"

/*! The family of AstDB that keeps the statuses that were set at run time. */
#define DB_FAMILY "callprop"

/*!
 * Held while statuses change. The loader holds its own lock when it has the module reload; so nothing that is called under this
 * one may take that, and nothing does: AstDB, AMI and Stasis have locks of their own.
 */
AST_MUTEX_DEFINE_STATIC(changes);

/*! Held while the file is read and put in force. Taken before the other. */
AST_MUTEX_DEFINE_STATIC(reloads);

#define NO_DATABASE "AstDB cannot be read, and with it what was set at run time"

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

/*! \return the name that is kept in AstDB, to be freed; NULL when none is */
static char *kept_status(const struct extension *extension)
{
	char *name, *byte;

	/* Of any length: a name that is cut off is that of another status. */
	if (ast_db_get_allocated(DB_FAMILY, extension->named.name, &name)) {
		return NULL;
	}
	for (byte = name; *byte; byte++) {
		/* Whatever was written there comes into the log and into events. */
		if ((unsigned char) *byte < ' ' || *byte == 127) {
			*byte = '?';
		}
	}
	return name;
}

/*!
 * \brief Gives the extensions the statuses that were set at run time, which outlive restarts and reloads
 *
 * \return 0, or -1 when they cannot be read, before or behind it: they are not known then
 */
static int restore_statuses(struct configuration *configuration)
{
	int answers = database_answers();
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);
		char *name = kept_status(extension);

		if (!name) {
			continue;
		}
		extension->at_run_time = 1;
		if (!(extension->status = table_find(&configuration->statuses, name))) {
			extension->status = unknown_status(configuration, name);
			ast_log(LOG_WARNING, "Extension %s was set to status '%s', which %s does not have: it grants nothing\n",
				extension->named.name, name, CONFIG_FILE);
		}
		ast_free(name);
	}
	return answers && database_answers() ? 0 : -1;
}

const char *const change_errors[] = {
	[CHANGED] = NULL,
	[NO_EXTENSION] = "no such extension",
	[NO_STATUS] = "no such status",
	[NO_SOURCE] = "the source may only be set to file",
	[FAILED] = "not carried out, see the log",
};

const char *source_of(const struct extension *extension)
{
	return __atomic_load_n(&extension->at_run_time, __ATOMIC_ACQUIRE) ? "run-time" : "file";
}

static void raise_status(
	const struct extension *extension, const struct status *status, const char *previous, const char *by)
{
	raise_extension_event("CallpropStatus",
		(const struct event_field[]){
			{ "Extension", extension->named.name },
			{ "Status", status->named.name },
			{ "PreviousStatus", previous },
			{ "Granted", status->granted_text },
			{ "Source", source_of(extension) },
			{ "By", by },
			{ NULL, NULL },
		});
}

/*! \brief From here on the extension has this status */
static void change(struct extension *extension, struct status *status, int at_run_time, const char *by)
{
	const struct status *previous = status_of(extension);
	int differs = status != previous || at_run_time != extension->at_run_time;

	__atomic_store_n(&extension->status, status, __ATOMIC_RELEASE);
	__atomic_store_n(&extension->at_run_time, at_run_time, __ATOMIC_RELEASE);
	if (differs) {
		raise_status(extension, status, previous->named.name, by);
	}
}

enum change_result set_status(const char *extension_name, const char *status_name, const char *by)
{
	SCOPED_MUTEX(lock, &changes);
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension = table_find(&configuration->extensions, extension_name);
	struct status *status = table_find(&configuration->statuses, status_name);

	if (!extension || !status) {
		return extension ? NO_STATUS : NO_EXTENSION;
	}
	if (ast_db_put(DB_FAMILY, extension->named.name, status->named.name)) {
		return FAILED;
	}
	change(extension, status, 1, by);
	return CHANGED;
}

enum change_result unset_status(const char *extension_name, const char *by)
{
	SCOPED_MUTEX(lock, &changes);
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension = table_find(&configuration->extensions, extension_name);

	if (!extension) {
		return NO_EXTENSION;
	}
	/* It fails where the file cannot be written, and not where there is nothing to delete. */
	if (ast_db_del(DB_FAMILY, extension->named.name)) {
		return FAILED;
	}
	change(extension, extension->of_file, 0, by);
	return CHANGED;
}

/*! \brief Raises an event for each extension to which a reload gave another status, or a status that grants other things */
static void raise_differences(struct configuration *before, struct configuration *after)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&after->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&after->extensions, i);
		struct extension *old = table_find(&before->extensions, extension->named.name);
		struct status *status = status_of(extension);

		if (!old || status_of(old)->granted != status->granted || old->at_run_time != extension->at_run_time
			|| strcmp(status_of(old)->named.name, status->named.name)) {
			raise_status(extension, status, old ? status_of(old)->named.name : "", "reload");
		}
	}
}

/*! \return -1 */
static int refuse_reload(const char *what)
{
	RAII_VAR(struct configuration *, kept, configuration_ref(), ao2_cleanup);

	ast_log(LOG_ERROR, "%s: what was %s stays in force\n", what,
		kept->refused ? "at the start, that everybody is denied," : "read before");
	return -1;
}

int statuses_reload(void)
{
	/* One reload after the other, so that the file that was read last is in force. Changes of a status wait for none. */
	SCOPED_MUTEX(lock, &reloads);
	RAII_VAR(struct configuration *, after, configuration_read(), ao2_cleanup);
	struct configuration *before;

	if (!after) {
		return refuse_reload(CONFIG_FILE " is refused");
	}
	ast_mutex_lock(&changes);
	if (restore_statuses(after)) {
		ast_mutex_unlock(&changes);
		return refuse_reload(NO_DATABASE);
	}
	before = configuration_ref();
	configuration_publish(after);
	raise_differences(before, after);
	ast_mutex_unlock(&changes);
	ao2_cleanup(before);
	return 0;
}

int statuses_start(void)
{
	RAII_VAR(struct configuration *, configuration, configuration_read(), ao2_cleanup);
	const char *what = configuration ? NO_DATABASE : CONFIG_FILE " is refused";

	if (!configuration || restore_statuses(configuration)) {
		ao2_cleanup(configuration);
		if (!(configuration = configuration_read_refused())) {
			return -1;
		}
		ast_log(LOG_ERROR,
			"%s, and nothing was read before: every call is denied, but for %zu emergency numbers that %s names. "
			"Mend it, then: callprop reload\n",
			what, AST_VECTOR_SIZE(&configuration->emergency_numbers), CONFIG_FILE);
	}
	configuration_publish(configuration);
	return 0;
}

void statuses_stop(void)
{
	configuration_withdraw();
}
