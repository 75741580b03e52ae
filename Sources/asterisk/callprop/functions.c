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

/*! \return 0, or -1 when there are more */
static int split_arguments(char *text, const char *arguments[MAX_ARGUMENTS])
{
	int i;

	for (i = 0; i < MAX_ARGUMENTS; i++) {
		arguments[i] = text ? ast_strip(strsep(&text, ",")) : NULL;
	}
	return text ? -1 : 0;
}

static const char *function_question(
	struct configuration *configuration, const char *function, char *data, struct question *question)
{
	const char *arguments[MAX_ARGUMENTS], *error;

	/* What is too much is refused: a text with commas in front may have pushed out what the dialplan asks. */
	error = split_arguments(data, arguments) ? "there are more than five words"
											 : read_question(configuration, arguments, question);
	if (error) {
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

/*! What a function that decides about its channel does with it. \return 1 when permitted */
typedef int (*decision)(
	struct configuration *configuration, struct ast_channel *chan, const char *function, const char *data);

/*! \brief A call that is denied is of nobody: a dialplan that goes on all the same rings nobody by it */
static int said(struct ast_channel *chan, int permitted)
{
	facts_note_said(chan, permitted);
	return permitted;
}

static int call_decision(
	struct configuration *configuration, struct ast_channel *chan, const char *function, const char *data)
{
	char number[NUMBER_SIZE];

	return said(chan, number_of_call(chan, function, data, number) && decide_call(configuration, chan, number, -1));
}

static int call_as_decision(
	struct configuration *configuration, struct ast_channel *chan, const char *function, const char *data)
{
	char number[NUMBER_SIZE];
	int party = word_index(parties, data);

	if (party < 0) {
		return said(chan, deny_unknown(chan, "the kind is none of extension, external, queue and ivr"));
	}
	return said(chan, number_of_call(chan, function, NULL, number) && decide_call(configuration, chan, number, party));
}

static int direct_decision(
	struct configuration *configuration, struct ast_channel *chan, const char *function, const char *data)
{
	char number[NUMBER_SIZE];

	/* Whom a phone denies may be rung elsewhere, such as by who answers for it: he was permitted to call. */
	return said(chan, number_of_call(chan, function, data, number) && decide_call(configuration, chan, number, -1))
		&& decide_early(configuration, chan, number);
}

static int ring_decision(
	struct configuration *configuration, struct ast_channel *chan, const char *function, const char *data)
{
	return decide_early_local(configuration, chan) && decide_ring(configuration, chan);
}

static int forward_decision(
	struct configuration *configuration, struct ast_channel *chan, const char *function, const char *data)
{
	char number[NUMBER_SIZE];

	return number_of_call(chan, function, data, number) && decide_forward(configuration, chan, number);
}

static int retrieve_decision(
	struct configuration *configuration, struct ast_channel *chan, const char *function, const char *data)
{
	char number[NUMBER_SIZE];

	return number_of_call(chan, function, data, number) && decide_retrieve(configuration, chan, number, NULL);
}

static int retrieve_from_decision(
	struct configuration *configuration, struct ast_channel *chan, const char *function, const char *data)
{
	char lot_and_space[2][NUMBER_SIZE];

	if (!in_subroutine(chan)) {
		return deny_unknown(chan, "CALLPROP_RETRIEVE_FROM() is for Gosub(callprop,retrieve-from,1(lot,space)) alone");
	}
	return read_arguments(chan, 2, 2, lot_and_space)
		&& decide_retrieve(configuration, chan, lot_and_space[1], lot_and_space[0]);
}

static int enter_decision(
	struct configuration *configuration, struct ast_channel *chan, const char *function, const char *data)
{
	char name[1][NUMBER_SIZE];

	if (!in_subroutine(chan)) {
		return deny_unknown(chan, "CALLPROP_ENTER() is for Gosub(callprop,client,1(client)) alone");
	}
	/* The client without a name is written so: nothing at all may come of a variable that nobody has set. */
	if (!read_arguments(chan, 1, 1, name) || !decide_enter(configuration, chan, strcmp(name[0], "-") ? name[0] : "")) {
		return said(chan, 0);
	}
	/* Who is there already was asked nothing: what was denied to him before still is. */
	return 1;
}

/*! The functions that decide about the channel on which they are evaluated, and answer with 1 or 0. */
static const struct {
	const char *name;
	decision decide;
} decisions[] = {
	{ "CALLPROP_CALL", call_decision },
	{ "CALLPROP_CALL_AS", call_as_decision },
	{ "CALLPROP_DIRECT", direct_decision },
	{ "CALLPROP_RING", ring_decision },
	{ "CALLPROP_FORWARD", forward_decision },
	{ "CALLPROP_RETRIEVE", retrieve_decision },
	{ "CALLPROP_RETRIEVE_FROM", retrieve_from_decision },
	{ "CALLPROP_ENTER", enter_decision },
};

static int no_channel(const char *function)
{
	ast_log(LOG_ERROR, "%s() is about a channel, and there is none\n", function);
	return 0;
}

int function_permits(struct ast_channel *chan, const char *function, const char *data)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	size_t i;

	for (i = 0; i < ARRAY_LEN(decisions); i++) {
		if (!strcmp(function, decisions[i].name)) {
			return decisions[i].decide(configuration, chan, function, data) || end_endless(chan);
		}
	}
	return 0;
}

static int decision_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	ast_copy_string(buffer, "0", size);
	if (!chan) {
		return no_channel(function);
	}
	ast_copy_string(buffer, function_permits(chan, function, S_OR(data, "")) ? "1" : "0", size);
	return 0;
}

/*! \brief Finds the channel that may be picked up; the empty text when there is none */
static void find_pickup(struct ast_channel *chan, const char *data, char *name, size_t size)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	char number[1][NUMBER_SIZE] = { "" };

	if (in_subroutine(chan)) {
		if (!read_arguments(chan, 0, 1, number)) {
			return;
		}
	} else if (!ast_strlen_zero(data)) {
		/* As text: whatever is read here is what is picked up. */
		ast_copy_string(number[0], data, sizeof(number[0]));
		if (!is_plain_number(data)) {
			deny_unknown(chan, "CALLPROP_PICKUP() takes an extension, or nothing");
			return;
		}
	}
	decide_pickup(configuration, chan, number[0], name, size);
}

static int callprop_pickup_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	*buffer = '\0';
	if (!chan) {
		return no_channel(function);
	}
	find_pickup(chan, data, buffer, size);
	if (!*buffer) {
		end_endless(chan);
	}
	return 0;
}

/*! \brief One of the two numbers of a callback, or the empty text. Nothing is decided */
static int callprop_callback_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	char first[NUMBER_SIZE], second[NUMBER_SIZE];

	*buffer = '\0';
	if (!chan) {
		return no_channel(function);
	}
	if (read_callback(chan, first, second)) {
		ast_copy_string(buffer, !strcmp(S_OR(data, ""), "2") ? second : first, size);
	}
	return 0;
}

static int callprop_reject_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	if (chan) {
		reject(chan);
	}
	ast_copy_string(buffer, chan ? "1" : "", size);
	return 0;
}

/*! Whoever may only read gets an answer from these: they change nothing. */
static struct ast_custom_function readings[] = {
	{ .name = "CALLPROP_EXPLAIN", .read = callprop_explain_read },
};

/*! To read one of these is to do something: it notes facts, reports a denial, or hangs up. The dialplan may; AMI and ARI may not. */
static struct ast_custom_function deeds[] = {
	{ .name = "CALLPROP", .read = callprop_read, .read_max = 2 },
	{ .name = "CALLPROP_CALL", .read = decision_read },
	{ .name = "CALLPROP_CALL_AS", .read = decision_read },
	{ .name = "CALLPROP_DIRECT", .read = decision_read },
	{ .name = "CALLPROP_RING", .read = decision_read },
	{ .name = "CALLPROP_FORWARD", .read = decision_read },
	{ .name = "CALLPROP_RETRIEVE", .read = decision_read },
	{ .name = "CALLPROP_RETRIEVE_FROM", .read = decision_read },
	{ .name = "CALLPROP_ENTER", .read = decision_read },
	{ .name = "CALLPROP_PICKUP", .read = callprop_pickup_read },
	{ .name = "CALLPROP_CALLBACK", .read = callprop_callback_read },
	{ .name = "CALLPROP_REJECT", .read = callprop_reject_read },
};

int functions_register(void)
{
	int result = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(readings); i++) {
		result |= ast_custom_function_register(&readings[i]);
	}
	for (i = 0; i < ARRAY_LEN(deeds); i++) {
		result |= ast_custom_function_register_escalating(&deeds[i], AST_CFE_READ);
	}
	return result;
}

void functions_unregister(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(readings); i++) {
		ast_custom_function_unregister(&readings[i]);
	}
	for (i = 0; i < ARRAY_LEN(deeds); i++) {
		ast_custom_function_unregister(&deeds[i]);
	}
}
