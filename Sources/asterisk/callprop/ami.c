/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The administrator at AMI
 *
 * Whoever may act on calls (the class call) may change a status. Who may only read (reporting) may list and explain.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/manager.h"
#include "asterisk/strings.h"

#define MAY_CHANGE EVENT_FLAG_CALL
#define MAY_READ (EVENT_FLAG_CALL | EVENT_FLAG_REPORTING)

static int answer(struct mansession *s, const struct message *m, enum change_result result, char *done)
{
	char text[ANSWER_SIZE];

	if (!is_wrong(
			s, m, change_error(result, astman_get_header(m, "Extension"), astman_get_header(m, "Status"), text))) {
		astman_send_ack(s, m, done);
	}
	return 0;
}

/*! \brief Reads when the status ends, from one header or the other. \return NULL, or what is wrong */
static const char *read_end(const struct message *m, time_t *until)
{
	const char *at = astman_get_header(m, "Until"), *lasts = astman_get_header(m, "For");
	time_t now = time(NULL);

	*until = 0;
	if (!ast_strlen_zero(at) && !ast_strlen_zero(lasts)) {
		return "Until and For exclude each other";
	}
	return !ast_strlen_zero(at)   ? read_until(at, now, until)
		: !ast_strlen_zero(lasts) ? read_for(lasts, now, until)
								  : NULL;
}

/*! \brief Who wants the change, as he says himself: Asterisk tells no module which user of AMI it is */
static struct author author_of(const struct message *m)
{
	return (struct author){ "AMI", astman_get_header(m, "Who") };
}

static int ami_set_status(struct mansession *s, const struct message *m)
{
	static const char *const headers[] = { "Extension", "Status", NULL };
	const struct author author = author_of(m);
	char text[ANSWER_SIZE];
	time_t until;

	if (is_wrong(s, m, missing_header(m, headers, text)) || is_wrong(s, m, read_end(m, &until))) {
		return 0;
	}
	return answer(s, m, set_status(astman_get_header(m, "Extension"), astman_get_header(m, "Status"), until, &author),
		"The status is set");
}

static int ami_unset_status(struct mansession *s, const struct message *m)
{
	static const char *const headers[] = { "Extension", NULL };
	const struct author author = author_of(m);
	char text[ANSWER_SIZE];

	return is_wrong(s, m, missing_header(m, headers, text))
		? 0
		: answer(s, m, unset_status(astman_get_header(m, "Extension"), &author), "The status is that of " CONFIG_FILE);
}

/*! \brief Begins an answer, or an event of a list, with the ActionID of whoever asked */
static void begin(struct mansession *s, const struct message *m, const char *what)
{
	const char *id = astman_get_header(m, "ActionID");

	astman_append(s, "%s\r\n", what);
	if (!ast_strlen_zero(id)) {
		astman_append(s, "ActionID: %s\r\n", id);
	}
}

static void end_list(struct mansession *s, const struct message *m, const char *event, size_t count)
{
	astman_send_list_complete_start(s, m, event, count);
	astman_send_list_complete_end(s);
}

static int ami_list_extensions(struct mansession *s, const struct message *m)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	const char *wanted = astman_get_header(m, "Extension");
	char text[ANSWER_SIZE];
	size_t i, count = 0;

	/* No list is not an empty one. */
	if (is_wrong(s, m, configuration->refused)) {
		return 0;
	}
	if (!ast_strlen_zero(wanted) && !extension_named(configuration, wanted)) {
		astman_send_error(s, m, (char *) no_extension(configuration, wanted, text));
		return 0;
	}
	astman_send_listack(s, m, "Extensions will follow", "start");
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);
		const struct status *status = status_of(extension);
		char until[TIME_SIZE];

		if (!ast_strlen_zero(wanted) && strcmp(wanted, extension_name(extension))) {
			continue;
		}
		count++;
		write_time(until_of(extension), until);
		begin(s, m, "Event: CallpropExtension");
		astman_append(s,
			"Extension: %s\r\n"
			"Client: %s\r\n"
			"Status: %s\r\n"
			"Granted: %s\r\n"
			"Source: %s\r\n"
			"Until: %s\r\n"
			"StatusOfFile: %s\r\n"
			"\r\n",
			extension_name(extension), client_name(extension), status->named.name, status->granted_text,
			source_of(extension), until, extension->of_file->named.name);
	}
	end_list(s, m, "CallpropListExtensionsComplete", count);
	return 0;
}

/*! \return how many the client has */
static size_t list_statuses(struct mansession *s, const struct message *m, const struct client *client)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&client->statuses); i++) {
		const struct status *status = (const struct status *) AST_VECTOR_GET(&client->statuses, i);

		begin(s, m, "Event: CallpropStatusOfFile");
		astman_append(s, "Status: %s\r\nClient: %s\r\nId: %s\r\nGranted: %s\r\n\r\n", status->named.name,
			client->named.name, status->id, status->granted_text);
	}
	return AST_VECTOR_SIZE(&client->statuses);
}

static int ami_list_statuses(struct mansession *s, const struct message *m)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	size_t i, count = 0;

	if (is_wrong(s, m, configuration->refused)) {
		return 0;
	}
	astman_send_listack(s, m, "Statuses will follow", "start");
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->clients); i++) {
		count += list_statuses(s, m, (struct client *) AST_VECTOR_GET(&configuration->clients, i));
	}
	end_list(s, m, "CallpropListStatusesComplete", count);
	return 0;
}

/*! \brief Reads the question of the headers. \return NULL, or what is wrong */
static const char *question_of(struct configuration *configuration, const struct message *m, struct question *question)
{
	static const char *const headers[] = { "Extension", "Src", "Dst", "Leg", NULL };
	const char *callback = astman_get_header(m, "Callback"), *missing;
	const char *words[MAX_ARGUMENTS] = {
		astman_get_header(m, "Extension"),
		astman_get_header(m, "Src"),
		astman_get_header(m, "Dst"),
		astman_get_header(m, "Leg"),
		!strcmp(callback, "true") ? "callback" : "",
	};

	if (!ast_strlen_zero(callback) && strcmp(callback, "true") && strcmp(callback, "false")) {
		return "Callback is true or false";
	}
	missing = missing_header(m, headers, question->wrong);
	return missing ? missing : read_question(configuration, words, question);
}

static int ami_explain(struct mansession *s, const struct message *m)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct question question;
	const struct status *status;
	const char *wrong = question_of(configuration, m, &question);
	char required[CP_PROPERTIES_MAX], reason[CP_REASON_MAX];

	if (!wrong && !cp_required(&question.call)) {
		wrong = "call cannot happen";
	}
	if (is_wrong(s, m, wrong)) {
		return 0;
	}
	/* Read once: what is told is of one status. */
	status = status_of(question.extension);
	cp_properties_format(cp_required(&question.call), required, sizeof(required));
	cp_reason(status->granted, &question.call, reason, sizeof(reason));
	begin(s, m, "Response: Success");
	astman_append(s,
		"Allowed: %s\r\n"
		"Extension: %s\r\n"
		"Status: %s\r\n"
		"Source: %s\r\n"
		"Required: %s\r\n"
		"Granted: %s\r\n"
		"Reason: %s\r\n"
		"\r\n",
		cp_permits(status->granted, &question.call) ? "true" : "false", extension_name(question.extension),
		status->named.name, source_of(question.extension), required, status->granted_text, reason);
	return 0;
}

int ami_register(void)
{
	int result = ast_manager_register_xml("CallpropSetStatus", MAY_CHANGE, ami_set_status);

	result |= ast_manager_register_xml("CallpropUnsetStatus", MAY_CHANGE, ami_unset_status);
	result |= ast_manager_register_xml("CallpropListExtensions", MAY_READ, ami_list_extensions);
	result |= ast_manager_register_xml("CallpropListStatuses", MAY_READ, ami_list_statuses);
	result |= ast_manager_register_xml("CallpropExplain", MAY_READ, ami_explain);
	return result;
}

void ami_unregister(void)
{
	ast_manager_unregister("CallpropSetStatus");
	ast_manager_unregister("CallpropUnsetStatus");
	ast_manager_unregister("CallpropListExtensions");
	ast_manager_unregister("CallpropListStatuses");
	ast_manager_unregister("CallpropExplain");
}
