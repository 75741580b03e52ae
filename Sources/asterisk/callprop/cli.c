/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The administrator at the CLI
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/cli.h"
#include "asterisk/json.h"
#include "asterisk/localtime.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "leaving.h"
#include "subroutines.h"

static void complete_names(const struct table *table, const char *word)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(table); i++) {
		const char *name = AST_VECTOR_GET(table, i)->name;

		if (!strncmp(name, word, strlen(word))) {
			ast_cli_completion_add(ast_strdup(name));
		}
	}
}

/*! \brief Shows when a status ends, by the clock of the PBX */
static void cli_end(int fd, const char *before, time_t end)
{
	struct timeval of_end = { .tv_sec = end };
	struct ast_tm tm;
	char text[64];

	ast_strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", ast_localtime(&of_end, &tm, NULL));
	ast_cli(fd, "%s%s", before, text);
}

static void complete_statuses(struct configuration *configuration, const char *extension_name, const char *word)
{
	const struct extension *extension = table_find(&configuration->extensions, extension_name);

	if (extension && extension->client != configuration->nameless) {
		complete_names(&extension->client->statuses, word);
	}
	complete_names(&configuration->nameless->statuses, word);
}

static char *cli_show_properties(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	struct ast_json *list;
	size_t i;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop show properties";
		e->usage = "Usage: callprop show properties\n       Lists the properties of which a status is made.\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (a->argc != e->args) {
		return CLI_SHOWUSAGE;
	}
	if (!(list = ast_json_load_string(cp_list(), NULL))) {
		return CLI_FAILURE;
	}
	for (i = 0; i < ast_json_array_size(list); i++) {
		struct ast_json *property = ast_json_array_get(list, i);

		ast_cli(a->fd, "%-4s %-28s %s\n", ast_json_object_string_get(property, "mnemo"),
			ast_json_object_string_get(property, "name"), ast_json_object_string_get(property, "description"));
	}
	ast_json_unref(list);
	return CLI_SUCCESS;
}

/*! \brief Says why there is nothing to list, when that is so. \return 1 when it is */
static int is_refused(int fd, const struct configuration *configuration)
{
	if (configuration->refused) {
		ast_cli(fd, "%s. Until then every call is denied but to the emergency numbers that could be read: %zu\n",
			configuration->refused, emergency_numbers(configuration));
	}
	return configuration->refused != NULL;
}

/*! \brief Lists the statuses of a client; those of the client without a name are everybody's */
static void show_statuses(int fd, const struct client *client)
{
	char name[AST_MAX_EXTENSION];
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&client->statuses); i++) {
		const struct status *status = (const struct status *) AST_VECTOR_GET(&client->statuses, i);

		snprintf(name, sizeof(name), "%s%s%s", status->named.name, *client->named.name ? "@" : "", client->named.name);
		ast_cli(fd, *status->id ? "%-20s %s  id %s\n" : "%-20s %s\n", name, S_OR(status->granted_text, "(nothing)"),
			status->id);
	}
}

static char *cli_show_statuses(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	size_t i;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop show statuses";
		e->usage = "Usage: callprop show statuses\n       Lists the statuses and what each grants.\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (a->argc != e->args) {
		return CLI_SHOWUSAGE;
	}
	if (is_refused(a->fd, configuration)) {
		return CLI_SUCCESS;
	}
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->clients); i++) {
		show_statuses(a->fd, (struct client *) AST_VECTOR_GET(&configuration->clients, i));
	}
	return CLI_SUCCESS;
}

static char *cli_show_extensions(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	size_t i;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop show extensions";
		e->usage =
			"Usage: callprop show extensions\n"
			"       Lists the extensions, their statuses, whether those are the file's or were set at run time,\n"
			"       and what they grant.\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (a->argc != e->args) {
		return CLI_SHOWUSAGE;
	}
	if (is_refused(a->fd, configuration)) {
		return CLI_SUCCESS;
	}
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);
		const struct status *status = status_of(extension);

		ast_cli(a->fd, "%-12s %-20s %-9s %s", extension_name(extension), status->named.name, source_of(extension),
			status->unknown ? "(nothing: " CONFIG_FILE " has no such status)"
							: S_OR(status->granted_text, "(nothing)"));
		if (until_of(extension)) {
			cli_end(a->fd, "  until ", until_of(extension));
		}
		ast_cli(a->fd, "\n");
	}
	return CLI_SUCCESS;
}

static char *cli_show_denials(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop show denials";
		e->usage =
			"Usage: callprop show denials\n"
			"       Lists what was denied in the last minute or two: when last, in which call, who, and how often.\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (a->argc != e->args) {
		return CLI_SHOWUSAGE;
	}
	repeats_show(a->fd);
	return CLI_SUCCESS;
}

/*! \brief Reads `until` or `for`, and what follows it. \return NULL, or what is wrong */
static const char *read_end(int argc, const char *const argv[], time_t *until)
{
	char text[64];

	*until = 0;
	if (!argc) {
		return NULL;
	}
	/* A date and a time are two words. */
	snprintf(text, sizeof(text), "%s%s%s", argc > 1 ? argv[1] : "", argc > 2 ? " " : "", argc > 2 ? argv[2] : "");
	if (!strcasecmp(argv[0], "until")) {
		return read_until(text, time(NULL), until);
	}
	return strcasecmp(argv[0], "for") ? "expected until or for" : read_for(text, time(NULL), until);
}

/*! What the administrator does here. */
static const struct author at_cli = { "CLI", "" };

static char *cli_set_status(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	static const char *const ends[] = { "until", "for", NULL };
	struct extension *extension;
	enum change_result result;
	const char *wrong;
	char answer[ANSWER_SIZE];
	time_t until;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop set status";
		e->usage =
			"Usage: callprop set status <extension> <status> [until <time>|for <duration>]\n"
			"       Changes the status of an extension, such as 101, or 101@acme of a client. It ends by itself\n"
			"       at a time, such as 13:00 or 2026-11-26 13:00, or after 90s, 30m, 1h30m or 2d. Then the\n"
			"       extension has the status that it had before, without an end, or else the file's.\n";
		return NULL;
	case CLI_GENERATE:
		if (a->pos == e->args) {
			complete_names(&configuration->extensions, a->word);
		} else if (a->pos == e->args + 1) {
			complete_statuses(configuration, a->argv[e->args], a->word);
		} else if (a->pos == e->args + 2) {
			return ast_cli_complete(a->word, ends, a->n);
		}
		return NULL;
	}
	if (a->argc != e->args + 2 && (a->argc < e->args + 4 || a->argc > e->args + 5)) {
		return CLI_SHOWUSAGE;
	}
	if (!(wrong = read_end(a->argc - e->args - 2, a->argv + e->args + 2, &until))) {
		result = set_status(a->argv[e->args], a->argv[e->args + 1], until, &at_cli);
		wrong = change_error(result, a->argv[e->args], a->argv[e->args + 1], answer);
	}
	if (wrong) {
		ast_cli(a->fd, "Nothing is changed: %s\n", wrong);
		return CLI_FAILURE;
	}
	/* By its name, where an id was given. */
	extension = extension_named(configuration, a->argv[e->args]);
	ast_cli(a->fd, "Extension %s has status %s", a->argv[e->args],
		extension ? status_of(extension)->named.name : a->argv[e->args + 1]);
	if (until) {
		cli_end(a->fd, " until ", until);
	}
	ast_cli(a->fd, "\n");
	return CLI_SUCCESS;
}

static char *cli_unset_status(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	enum change_result result;
	char answer[ANSWER_SIZE];

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop unset status";
		e->usage = "Usage: callprop unset status <extension>\n"
				   "       Gives an extension the file's status again, instead of the one that was set at run time.\n";
		return NULL;
	case CLI_GENERATE:
		if (a->pos == e->args) {
			complete_names(&configuration->extensions, a->word);
		}
		return NULL;
	}
	if (a->argc != e->args + 1) {
		return CLI_SHOWUSAGE;
	}
	result = unset_status(a->argv[e->args], &at_cli);
	if (result != CHANGED) {
		ast_cli(a->fd, "Nothing is changed: %s\n", change_error(result, a->argv[e->args], "", answer));
		return CLI_FAILURE;
	}
	ast_cli(a->fd, "Extension %s has the status of %s\n", a->argv[e->args], CONFIG_FILE);
	return CLI_SUCCESS;
}

static size_t count_statuses(const struct configuration *configuration)
{
	size_t i, count = 0;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->clients); i++) {
		count += AST_VECTOR_SIZE(&((struct client *) AST_VECTOR_GET(&configuration->clients, i))->statuses);
	}
	return count;
}

static char *cli_reload(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, NULL, ao2_cleanup);
	char answer[REFUSAL_SIZE];
	const char *wrong;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop reload";
		e->usage = "Usage: callprop reload\n       Reads " CONFIG_FILE " again.\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (a->argc != e->args) {
		return CLI_SHOWUSAGE;
	}
	lines_restore();
	if ((wrong = statuses_reload(answer))) {
		ast_cli(a->fd, "Nothing is changed: %s\n", wrong);
		return CLI_FAILURE;
	}
	configuration = configuration_ref();
	ast_cli(a->fd, "%s is in force: %zu statuses, %zu extensions\n", CONFIG_FILE, count_statuses(configuration),
		AST_VECTOR_SIZE(&configuration->extensions));
	if (configuration->warnings) {
		ast_cli(a->fd, "Warnings, which are in the log: %u\n", configuration->warnings);
	}
	return CLI_SUCCESS;
}

static char *cli_explain(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	static const char *const callback[] = { "callback", NULL };
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	char json[CP_EXPLAIN_MAX];
	const char *words[MAX_ARGUMENTS] = { NULL }, *wrong;
	struct question question;
	cp_error error;
	int i;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop explain";
		e->usage = "Usage: callprop explain <extension> <src> <dst> <leg> [callback]\n"
				   "       Decides a call, and says why. src and dst are extension, external, queue\n"
				   "       or ivr; leg is src or dst; callback when the call is one.\n";
		return NULL;
	case CLI_GENERATE:
		if (a->pos == e->args) {
			complete_names(&configuration->extensions, a->word);
			return NULL;
		}
		return a->pos <= e->args + 2 ? ast_cli_complete(a->word, parties, a->n)
			: a->pos == e->args + 3  ? ast_cli_complete(a->word, legs, a->n)
			: a->pos == e->args + 4  ? ast_cli_complete(a->word, callback, a->n)
									 : NULL;
	}
	if (a->argc < e->args + 4 || a->argc > e->args + MAX_ARGUMENTS) {
		return CLI_SHOWUSAGE;
	}
	for (i = e->args; i < a->argc; i++) {
		words[i - e->args] = a->argv[i];
	}
	wrong = read_question(configuration, words, &question);
	if (!wrong && !explain(status_of(question.extension), &question.call, json, sizeof(json), &error)) {
		wrong = error.text;
	}
	ast_cli(a->fd, "%s\n", wrong ? wrong : json);
	return wrong ? CLI_FAILURE : CLI_SUCCESS;
}

static struct ast_cli_entry commands[] = {
	AST_CLI_DEFINE(cli_show_properties, "List the properties"),
	AST_CLI_DEFINE(cli_show_statuses, "List the statuses"),
	AST_CLI_DEFINE(cli_show_extensions, "List the extensions and their statuses"),
	AST_CLI_DEFINE(cli_show_denials, "List what was denied lately"),
	AST_CLI_DEFINE(cli_set_status, "Change the status of an extension"),
	AST_CLI_DEFINE(cli_unset_status, "Give an extension the status of the file again"),
	AST_CLI_DEFINE(cli_reload, "Read callprop.conf again"),
	AST_CLI_DEFINE(cli_explain, "Decide a call, and say why"),
};

int cli_register(void)
{
	return commands_register(commands, ARRAY_LEN(commands));
}

int cli_unregister(void)
{
	return commands_unregister(commands, ARRAY_LEN(commands));
}
