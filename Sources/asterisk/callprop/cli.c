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
#include "asterisk/strings.h"
#include "asterisk/utils.h"

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

/*! \brief Lists the statuses of a client; those of the client without a name are everybody's */
static void show_statuses(int fd, const struct client *client)
{
	char name[AST_MAX_EXTENSION];
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&client->statuses); i++) {
		const struct status *status = (const struct status *) AST_VECTOR_GET(&client->statuses, i);

		snprintf(name, sizeof(name), "%s%s%s", status->named.name, *client->named.name ? "@" : "", client->named.name);
		ast_cli(fd, "%-20s %s\n", name, S_OR(status->granted_text, "(nothing)"));
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
	if (configuration->refused) {
		ast_cli(a->fd,
			"%s was refused when Asterisk started, so every call is denied: see the log, mend it, then: callprop reload\n",
			CONFIG_FILE);
		return CLI_SUCCESS;
	}
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);
		const struct status *status = status_of(extension);

		ast_cli(a->fd, "%-12s %-20s %-9s %s\n", extension->named.name, status->named.name, source_of(extension),
			status->unknown ? "(nothing: " CONFIG_FILE " has no such status)"
							: S_OR(status->granted_text, "(nothing)"));
	}
	return CLI_SUCCESS;
}

static char *cli_show_denials(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop show denials";
		e->usage = "Usage: callprop show denials\n"
				   "       Lists what was denied lately: of which call, who, and how often more since it was told.\n";
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

static char *cli_set_status(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	enum change_result result;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop set status";
		e->usage = "Usage: callprop set status <extension> <status>\n       Changes the status of an extension.\n";
		return NULL;
	case CLI_GENERATE:
		if (a->pos == e->args) {
			complete_names(&configuration->extensions, a->word);
		} else if (a->pos == e->args + 1) {
			complete_statuses(configuration, a->argv[e->args], a->word);
		}
		return NULL;
	}
	if (a->argc != e->args + 2) {
		return CLI_SHOWUSAGE;
	}
	result = set_status(a->argv[e->args], a->argv[e->args + 1], "CLI");
	if (result != CHANGED) {
		ast_cli(a->fd, "Nothing is changed: %s\n", change_errors[result]);
		return CLI_FAILURE;
	}
	ast_cli(a->fd, "Extension %s has status %s\n", a->argv[e->args], a->argv[e->args + 1]);
	return CLI_SUCCESS;
}

static char *cli_unset_status(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	enum change_result result;

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
	result = unset_status(a->argv[e->args], "CLI");
	if (result != CHANGED) {
		ast_cli(a->fd, "Nothing is changed: %s\n", change_errors[result]);
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
	if (statuses_reload()) {
		ast_cli(a->fd, "%s is refused, and nothing is changed: see the log\n", CONFIG_FILE);
		return CLI_FAILURE;
	}
	configuration = configuration_ref();
	ast_cli(a->fd, "%s is in force: %zu statuses, %zu extensions\n", CONFIG_FILE, count_statuses(configuration),
		AST_VECTOR_SIZE(&configuration->extensions));
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
				   "       or ivr; leg is src or dst.\n";
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
	return ast_cli_register_multiple(commands, ARRAY_LEN(commands));
}

void cli_unregister(void)
{
	ast_cli_unregister_multiple(commands, ARRAY_LEN(commands));
}
