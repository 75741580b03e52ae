/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Which status an extension has: at run time, after a restart, and after a reload
 *
 * All changes are made one after the other, by a taskprocessor of their own.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/astdb.h"
#include "asterisk/lock.h"
#include "asterisk/manager.h"
#include "asterisk/taskprocessor.h"

/*! The family of AstDB that keeps the statuses that were set at run time. */
#define DB_FAMILY "callprop"

/*! \brief Gives the extensions the statuses that were set at run time, which outlive restarts and reloads */
static void restore_statuses(struct configuration *configuration)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);
		struct status *status;
		char name[256];

		if (ast_db_get(DB_FAMILY, extension->named.name, name, sizeof(name))) {
			continue;
		}
		if ((status = table_find(&configuration->statuses, name))) {
			extension->status = status;
		} else {
			ast_log(LOG_WARNING, "Extension %s was set to status '%s', which %s no longer has: now '%s'\n",
				extension->named.name, name, CONFIG_FILE, extension->status->named.name);
		}
	}
}

/*! \return what the file says, and what was set since, with a reference; NULL when the file is refused */
static struct configuration *read_configuration(void)
{
	struct configuration *configuration = configuration_read();

	if (configuration) {
		restore_statuses(configuration);
	}
	return configuration;
}

/*! Carries out the changes, so that none needs a lock while it calls into Asterisk. */
static struct ast_taskprocessor *changes;

const char *const change_errors[] = {
	[CHANGED] = NULL,
	[NO_EXTENSION] = "no such extension",
	[NO_STATUS] = "no such status",
	[FAILED] = "not carried out, see the log",
};

struct change {
	enum change_result (*carry_out)(struct change *change);
	const char *extension;
	const char *status;
	/*! Who wants it, for the event. */
	const char *by;
	enum change_result result;
	int finished;
	ast_mutex_t lock;
	ast_cond_t condition;
};

static int change_task(void *data)
{
	struct change *change = data;
	enum change_result result = change->carry_out(change);

	ast_mutex_lock(&change->lock);
	change->result = result;
	change->finished = 1;
	ast_cond_signal(&change->condition);
	ast_mutex_unlock(&change->lock);
	return 0;
}

/*! \brief Has the change carried out after those before it, and waits for that */
static enum change_result carry_out(struct change *change)
{
	ast_mutex_init(&change->lock);
	ast_cond_init(&change->condition, NULL);
	if (ast_taskprocessor_push(changes, change_task, change)) {
		change->result = FAILED;
	} else {
		ast_mutex_lock(&change->lock);
		while (!change->finished) {
			ast_cond_wait(&change->condition, &change->lock);
		}
		ast_mutex_unlock(&change->lock);
	}
	ast_cond_destroy(&change->condition);
	ast_mutex_destroy(&change->lock);
	return change->result;
}

static void raise_status(
	const struct extension *extension, const struct status *status, const char *previous, const char *by)
{
	manager_event(EVENT_FLAG_CALL, "CallpropStatus",
		"Extension: %s\r\n"
		"Status: %s\r\n"
		"PreviousStatus: %s\r\n"
		"Granted: %s\r\n"
		"By: %s\r\n",
		extension->named.name, status->named.name, previous, status->granted_text, by);
}

static enum change_result change_status(struct change *change)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension = table_find(&configuration->extensions, change->extension);
	struct status *status = table_find(&configuration->statuses, change->status), *previous;

	if (!extension || !status) {
		return extension ? NO_STATUS : NO_EXTENSION;
	}
	if (ast_db_put(DB_FAMILY, extension->named.name, status->named.name)) {
		return FAILED;
	}
	previous = status_of(extension);
	__atomic_store_n(&extension->status, status, __ATOMIC_RELEASE);
	if (status != previous) {
		raise_status(extension, status, previous->named.name, change->by);
	}
	return CHANGED;
}

enum change_result set_status(const char *extension, const char *status, const char *by)
{
	struct change change = {
		.carry_out = change_status,
		.extension = extension,
		.status = status,
		.by = by,
	};

	return carry_out(&change);
}

/*! \brief Raises an event for each extension to which a reload gave another status, or a status that grants other things */
static void raise_differences(struct configuration *before, struct configuration *after)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&after->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&after->extensions, i);
		struct extension *old = table_find(&before->extensions, extension->named.name);
		struct status *status = status_of(extension);

		if (!old || status_of(old)->granted != status->granted
			|| strcmp(status_of(old)->named.name, status->named.name)) {
			raise_status(extension, status, old ? status_of(old)->named.name : "", "reload");
		}
	}
}

static enum change_result change_configuration(struct change *change)
{
	RAII_VAR(struct configuration *, before, configuration_ref(), ao2_cleanup);
	RAII_VAR(struct configuration *, after, read_configuration(), ao2_cleanup);

	if (!after) {
		ast_log(LOG_ERROR, "%s is refused: what was read before stays in force\n", CONFIG_FILE);
		return FAILED;
	}
	configuration_publish(after);
	raise_differences(before, after);
	return CHANGED;
}

enum change_result reload_configuration(void)
{
	struct change change = { .carry_out = change_configuration };

	return carry_out(&change);
}

void statuses_stop(void)
{
	changes = ast_taskprocessor_unreference(changes);
	configuration_withdraw();
}

int statuses_start(void)
{
	struct configuration *configuration = read_configuration();

	if (!configuration) {
		return -1;
	}
	configuration_publish(configuration);
	ao2_ref(configuration, -1);
	changes = ast_taskprocessor_get("callprop", TPS_REF_DEFAULT);
	if (!changes) {
		statuses_stop();
		return -1;
	}
	return 0;
}
