/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who is at which phone, and in which client a call is, for the dialplan, the CLI and AMI
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/cli.h"
#include "asterisk/manager.h"
#include "asterisk/pbx.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "leaving.h"

static const char *name_or(const struct extension *extension, const char *otherwise)
{
	return extension ? extension->named.name : otherwise;
}

static void complete(const struct table *table, const char *word)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(table); i++) {
		const char *name = AST_VECTOR_GET(table, i)->name;

		if (!strncmp(name, word, strlen(word))) {
			ast_cli_completion_add(ast_strdup(name));
		}
	}
}

/*! \param name of the extension that was to log in, or the empty text */
static char *cli_result(int fd, enum login_result result, const char *phone, const char *name)
{
	char text[ANSWER_SIZE];
	const char *wrong = login_error(result, phone, name, text);

	if (wrong) {
		ast_cli(fd, "Nothing is changed: %s\n", wrong);
	}
	return wrong ? CLI_FAILURE : CLI_SUCCESS;
}

static char *cli_login(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	enum login_result result;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop login";
		e->usage = "Usage: callprop login <phone> <extension>\n"
				   "       From here on this phone, such as PJSIP/102, is the extension's, whosever it was.\n"
				   "       101 is that of the phone's client.\n";
		return NULL;
	case CLI_GENERATE:
		if (a->pos == e->args) {
			complete(&configuration->interfaces, a->word);
		} else if (a->pos == e->args + 1) {
			complete(&configuration->extensions, a->word);
		}
		return NULL;
	}
	if (a->argc != e->args + 2) {
		return CLI_SHOWUSAGE;
	}
	if ((result = login_phone(a->argv[e->args], a->argv[e->args + 1], "CLI")) == LOGGED) {
		ast_cli(a->fd, "Extension %s is at %s\n", a->argv[e->args + 1], a->argv[e->args]);
	}
	return cli_result(a->fd, result, a->argv[e->args], a->argv[e->args + 1]);
}

static char *cli_logout(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	enum login_result result;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop logout";
		e->usage = "Usage: callprop logout <phone>\n       Gives the phone back to whom " CONFIG_FILE " says.\n";
		return NULL;
	case CLI_GENERATE:
		if (a->pos == e->args) {
			complete(&configuration->interfaces, a->word);
		}
		return NULL;
	}
	if (a->argc != e->args + 1) {
		return CLI_SHOWUSAGE;
	}
	if ((result = logout_phone(a->argv[e->args], "CLI")) == LOGGED) {
		ast_cli(a->fd, "%s is whose " CONFIG_FILE " says\n", a->argv[e->args]);
	}
	return cli_result(a->fd, result, a->argv[e->args], "");
}

static const char *source_of_phone(const struct interface *interface)
{
	return __atomic_load_n(&interface->at_run_time, __ATOMIC_ACQUIRE) ? "run-time" : "file";
}

static char *cli_show_phones(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	size_t i;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop show phones";
		e->usage =
			"Usage: callprop show phones\n"
			"       Lists the phones, who is at each, and whether the file says so or somebody logged in there.\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (a->argc != e->args) {
		return CLI_SHOWUSAGE;
	}
	if (configuration->refused) {
		ast_cli(a->fd, "%s\n", configuration->refused);
	}
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->interfaces); i++) {
		struct interface *interface = (struct interface *) AST_VECTOR_GET(&configuration->interfaces, i);

		ast_cli(a->fd, "%-24s %-20s %s\n", interface->named.name, name_or(extension_at(interface), "(nobody)"),
			source_of_phone(interface));
	}
	return CLI_SUCCESS;
}

static int answer(struct mansession *s, const struct message *m, enum login_result result, char *done)
{
	char text[ANSWER_SIZE];

	if (!is_wrong(s, m, login_error(result, astman_get_header(m, "Phone"), astman_get_header(m, "Extension"), text))) {
		astman_send_ack(s, m, done);
	}
	return 0;
}

static int ami_login(struct mansession *s, const struct message *m)
{
	static const char *const headers[] = { "Phone", "Extension", NULL };
	char text[ANSWER_SIZE];

	if (is_wrong(s, m, missing_header(m, headers, text))) {
		return 0;
	}
	return answer(s, m, login_phone(astman_get_header(m, "Phone"), astman_get_header(m, "Extension"), "AMI"),
		"The extension is at the phone");
}

static int ami_logout(struct mansession *s, const struct message *m)
{
	static const char *const headers[] = { "Phone", NULL };
	char text[ANSWER_SIZE];

	if (is_wrong(s, m, missing_header(m, headers, text))) {
		return 0;
	}
	return answer(s, m, logout_phone(astman_get_header(m, "Phone"), "AMI"), "The phone is whose " CONFIG_FILE " says");
}

static int ami_list_phones(struct mansession *s, const struct message *m)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	const char *id = astman_get_header(m, "ActionID");
	size_t i;

	if (is_wrong(s, m, configuration->refused)) {
		return 0;
	}
	astman_send_listack(s, m, "Phones will follow", "start");
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->interfaces); i++) {
		struct interface *interface = (struct interface *) AST_VECTOR_GET(&configuration->interfaces, i);

		astman_append(s, "Event: CallpropPhoneOfList\r\n");
		if (!ast_strlen_zero(id)) {
			astman_append(s, "ActionID: %s\r\n", id);
		}
		astman_append(s, "Phone: %s\r\nClient: %s\r\nExtension: %s\r\nSource: %s\r\nExtensionOfFile: %s\r\n\r\n",
			interface->named.name, interface->client->named.name, name_or(extension_at(interface), ""),
			source_of_phone(interface), name_or(interface->of_file, ""));
	}
	astman_send_list_complete_start(s, m, "CallpropListPhonesComplete", i);
	astman_send_list_complete_end(s);
	return 0;
}

/*! \brief The phone that a function is about: what it is given, or the device of the channel. \return 0, or -1 when there is none */
static int phone_of(struct ast_channel *chan, const char *data, char phone[CHANNEL_NAME_SIZE])
{
	char *dash;

	if (!ast_strlen_zero(data)) {
		ast_copy_string(phone, data, CHANNEL_NAME_SIZE);
		return 0;
	}
	if (!chan) {
		return -1;
	}
	name_of(chan, phone);
	if ((dash = strrchr(phone, '-'))) {
		*dash = '\0';
	}
	return 0;
}

/*! \brief On a channel it is about phones of the client in which the call is, and no others */
static int is_for(struct configuration *configuration, struct ast_channel *chan, const struct client *client)
{
	char name[CHANNEL_NAME_SIZE] = "";

	if (chan) {
		name_of(chan, name);
	}
	/* The CLI evaluates functions on a channel of its own; in 16 it has no name. */
	return !*name || !strncmp(name, "CLIEval/", strlen("CLIEval/")) || client_of_call(configuration, chan) == client;
}

/*! \brief Who is at a phone, or the empty text */
static int phone_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	char phone[CHANNEL_NAME_SIZE];
	struct interface *interface = phone_of(chan, data, phone) ? NULL : table_find(&configuration->interfaces, phone);

	if (!interface || !is_for(configuration, chan, interface->client)) {
		*buffer = '\0';
		return 0;
	}
	ast_copy_string(buffer, name_or(extension_at(interface), ""), size);
	return 0;
}

/*! \brief Logs an extension in at a phone; with an empty value nothing happens, because it may come of a variable that nobody has set */
static int phone_write(struct ast_channel *chan, const char *function, char *data, const char *value)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	char phone[CHANNEL_NAME_SIZE] = "";
	const struct interface *interface =
		phone_of(chan, data, phone) ? NULL : table_find(&configuration->interfaces, phone);
	enum login_result result = interface ? OTHER_CLIENT : NO_PHONE;
	char text[ANSWER_SIZE];

	if (chan && is_of_originator(chan)) {
		ast_log(LOG_ERROR,
			"%s(%s)=%s: whoever originates a call puts nobody at a phone by that: do it by the CLI, AMI or the dialplan\n",
			function, data, value);
		return -1;
	}
	if (interface && is_for(configuration, chan, interface->client)) {
		result = !strcmp(value, "file") ? logout_phone(phone, "dialplan") : login_phone(phone, value, "dialplan");
	}
	if (result != LOGGED) {
		ast_log(LOG_ERROR, "%s(%s)=%s: %s\n", function, data, value, login_error(result, phone, value, text));
		return -1;
	}
	return 0;
}

/*! \brief The phones of an extension, as Dial() takes them. On a channel it is one of the client in which the call is */
static int phones_read(
	struct ast_channel *chan, const char *function, char *data, struct ast_str **buffer, ssize_t size)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	const struct client *client = chan ? client_of_call(configuration, chan) : NULL;
	struct extension *extension = chan && !strchr(data, '@') ? extension_of(configuration, client, data)
															 : table_find(&configuration->extensions, data);

	ast_str_reset(*buffer);
	if (!extension || !is_for(configuration, chan, extension->client)) {
		ast_log(LOG_ERROR, "%s(%s): %s\n", function, data,
			S_OR(configuration->refused, "no such extension in the client of this call"));
		return -1;
	}
	return phones_of(configuration, extension, buffer);
}

/*! \brief The client in which the call of the channel is; empty for that without a name */
static int client_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	const struct client *client = chan ? client_of_call(configuration, chan) : NULL;

	ast_copy_string(buffer, client ? client->named.name : "", size);
	return 0;
}

static struct ast_custom_function functions[] = {
	{ .name = "CALLPROP_CLIENT", .read = client_read },
	{ .name = "CALLPROP_PHONE", .read = phone_read, .write = phone_write },
	{ .name = "CALLPROP_PHONES", .read2 = phones_read },
};

static struct ast_cli_entry commands[] = {
	AST_CLI_DEFINE(cli_login, "Put an extension at a phone"),
	AST_CLI_DEFINE(cli_logout, "Give a phone back to whom the file says"),
	AST_CLI_DEFINE(cli_show_phones, "List the phones, and who is at them"),
};

int phones_register(void)
{
	int result = commands_register(commands, ARRAY_LEN(commands));
	size_t i;

	for (i = 0; i < ARRAY_LEN(functions); i++) {
		result |= ast_custom_function_register(&functions[i]);
	}
	result |= ast_manager_register_xml("CallpropLogin", EVENT_FLAG_CALL, ami_login);
	result |= ast_manager_register_xml("CallpropLogout", EVENT_FLAG_CALL, ami_logout);
	result |= ast_manager_register_xml("CallpropListPhones", EVENT_FLAG_CALL | EVENT_FLAG_REPORTING, ami_list_phones);
	return result;
}

int phones_unregister(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(functions); i++) {
		ast_custom_function_unregister(&functions[i]);
	}
	ast_manager_unregister("CallpropLogin");
	ast_manager_unregister("CallpropLogout");
	ast_manager_unregister("CallpropListPhones");
	return commands_unregister(commands, ARRAY_LEN(commands));
}
