/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Dialplan functions
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/pbx.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

static void split_arguments(char *text, const char *arguments[MAX_ARGUMENTS])
{
	int i;

	for (i = 0; i < MAX_ARGUMENTS; i++) {
		arguments[i] = text ? ast_strip(strsep(&text, ",")) : NULL;
	}
}

static const char *function_question(
	struct configuration *configuration, const char *function, char *data, struct question *question)
{
	const char *arguments[MAX_ARGUMENTS], *error;

	split_arguments(data, arguments);
	if ((error = read_question(configuration, arguments, question))) {
		ast_log(LOG_ERROR, "%s(%s,…): %s\n", function, S_OR(arguments[0], ""), error);
	}
	return error;
}

static int callprop_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct question question;
	int permitted = 0;

	if (!function_question(configuration, function, data, &question)) {
		permitted = chan ? permits(chan, question.extension, &question.call)
						 : cp_permits(status_of(question.extension)->granted, &question.call);
	}
	ast_copy_string(buffer, permitted ? "1" : "0", size);
	return 0;
}

static int callprop_explain_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct question question;
	cp_error error;

	*buffer = '\0';
	if (!function_question(configuration, function, data, &question)
		&& !explain(status_of(question.extension), &question.call, buffer, size, &error)) {
		ast_log(LOG_ERROR, "%s: %s\n", function, error.text);
	}
	return 0;
}

/*! \brief The functions that decide about the channel on which they are evaluated */
static int callprop_channel_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	const char *arguments[MAX_ARGUMENTS];
	int permitted = 0, party;

	ast_copy_string(buffer, "0", size);
	if (!chan) {
		ast_log(LOG_ERROR, "%s() is about a channel, and there is none\n", function);
		return 0;
	}
	split_arguments(data, arguments);
	if (!strcmp(function, "CALLPROP_PICKUP")) {
		decide_pickup(configuration, chan, arguments[0], buffer, size);
		return 0;
	}
	if (!strcmp(function, "CALLPROP_RING")) {
		permitted = decide_ring(configuration, chan);
	} else if (!strcmp(function, "CALLPROP_FORWARD")) {
		permitted = decide_forward(configuration, chan, S_OR(arguments[0], ""));
	} else if (!strcmp(function, "CALLPROP_RETRIEVE")) {
		permitted = decide_retrieve(configuration, chan, S_OR(arguments[0], ""), arguments[1]);
	} else {
		party = ast_strlen_zero(arguments[1]) ? party_of_number(configuration, S_OR(arguments[0], ""))
											  : word_index(parties, arguments[1]);
		permitted = party < 0 ? deny_unknown(chan, "the kind is none of extension, external, queue and ivr")
							  : decide_call(configuration, chan, S_OR(arguments[0], ""), party);
	}
	ast_copy_string(buffer, permitted ? "1" : "0", size);
	return 0;
}

static int callprop_reject_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	*buffer = '\0';
	if (chan) {
		reject(chan);
	}
	return 0;
}

/*! \brief Splits off the word after the extension. \return 0, or -1 when it is another one than source */
static int split_source(const char *function, char *data, int *source)
{
	char *word = strchr(data, ',');

	if ((*source = word != NULL)) {
		*word++ = '\0';
		if (strcmp(word, "source")) {
			ast_log(LOG_ERROR, "%s(%s,%s): the second word may only be source\n", function, data, word);
			return -1;
		}
	}
	return 0;
}

static int extension_status_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension;
	int source;

	if (split_source(function, data, &source)) {
		return -1;
	}
	if (!(extension = table_find(&configuration->extensions, data))) {
		ast_log(LOG_ERROR, "%s(%s): no such extension\n", function, data);
		return -1;
	}
	ast_copy_string(buffer, source ? source_of(extension) : status_of(extension)->named.name, size);
	return 0;
}

static int extension_status_write(struct ast_channel *chan, const char *function, char *data, const char *value)
{
	enum change_result result;
	int source;

	if (split_source(function, data, &source)) {
		return -1;
	}
	/* An empty value does not unset: it may come of a variable that nobody has set. */
	result = !source            ? set_status(data, value, "dialplan")
		: strcmp(value, "file") ? NO_SOURCE
								: unset_status(data, "dialplan");
	if (result != CHANGED) {
		ast_log(LOG_ERROR, "%s(%s)=%s: %s\n", function, data, value, change_errors[result]);
		return -1;
	}
	return 0;
}

static struct ast_custom_function functions[] = {
	{ .name = "EXTENSION_STATUS", .read = extension_status_read, .write = extension_status_write },
	{ .name = "CALLPROP", .read = callprop_read, .read_max = 2 },
	{ .name = "CALLPROP_EXPLAIN", .read = callprop_explain_read },
	{ .name = "CALLPROP_CALL", .read = callprop_channel_read },
	{ .name = "CALLPROP_RING", .read = callprop_channel_read },
	{ .name = "CALLPROP_REJECT", .read = callprop_reject_read },
	{ .name = "CALLPROP_FORWARD", .read = callprop_channel_read },
	{ .name = "CALLPROP_PICKUP", .read = callprop_channel_read },
	{ .name = "CALLPROP_RETRIEVE", .read = callprop_channel_read },
};

int functions_register(void)
{
	int result = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(functions); i++) {
		result |= ast_custom_function_register(&functions[i]);
	}
	return result;
}

void functions_unregister(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(functions); i++) {
		ast_custom_function_unregister(&functions[i]);
	}
}
