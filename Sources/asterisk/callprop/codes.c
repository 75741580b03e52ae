/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Statuses that are chosen by dialling: what is dialled, and who may set whose
 *
 * An extension may set its own status, and of others those that [may_set] gives to it. Who dials is found by the device of the channel.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/pbx.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "conf_file.h"

static int is_digits(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

int read_code(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	struct status *status = status_named(configuration, client, line->value);
	struct code *code;

	if (!is_digits(line->name)) {
		return refuse(line, "code '%s': expected digits", line->name);
	}
	if (!status) {
		return refuse(line, "code '%s': no such status: '%s'", line->name, line->value);
	}
	if (!(code = table_add(&client->codes, line->name, sizeof(*code)))) {
		return refuse(line, "code '%s' is there already", line->name);
	}
	code->status = status;
	return 0;
}

/*! \brief Adds one whose status may be set: an extension of the same client, or a pattern. \return NULL, or what is wrong */
static const char *add_whose(
	struct configuration *configuration, struct client *client, struct may_set *entry, const char *name)
{
	const char *star;

	if (ast_strlen_zero(name)) {
		return "expected extensions with a comma between them, or nobody";
	}
	/* A * stands for anything at the end alone. */
	star = strchr(name, '*');
	if ((!star || star[1]) && !extension_of(configuration, client, name)) {
		return "no such extension";
	}
	return table_add(&entry->whose, name, sizeof(struct named)) ? NULL : "is there already";
}

int read_may_set(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	struct extension *extension = extension_of(configuration, client, line->name);
	struct may_set *entry;
	char *list = ast_strdupa(line->value), *name;
	const char *wrong;

	if (!extension) {
		return refuse(line, "[may_set]: no such extension: '%s'", line->name);
	}
	if (!(entry = table_add(&configuration->may_set, extension_name(extension), sizeof(*entry)))) {
		return refuse(line, "[may_set]: extension '%s' is there already", line->name);
	}
	entry->whose.of_numbers = 1;
	if ((entry->nobody = !strcmp(line->value, "nobody"))) {
		return 0;
	}
	while ((name = strsep(&list, ","))) {
		name = ast_strip(name);
		if ((wrong = add_whose(configuration, client, entry, name))) {
			return refuse(line, "[may_set]: '%s': %s", name, wrong);
		}
	}
	return 0;
}

static int may_set(struct configuration *configuration, const struct extension *who, const struct extension *whose)
{
	const struct may_set *entry = table_find(&configuration->may_set, extension_name(who));
	char *number = ast_strdupa(extension_name(whose));

	if (entry && entry->nobody) {
		return 0;
	}
	/* Within a client an extension is written without it. */
	number[strcspn(number, "@")] = '\0';
	return who == whose || (entry && who->client == whose->client && table_match(&entry->whose, number));
}

/*! \return the status of a code, of the client or of all; of the vendor's statuses the id is one; NULL when there is none */
static const struct status *status_of_code(
	struct configuration *configuration, const struct client *client, const char *code)
{
	const struct client *const whose[] = { client, configuration->nameless };
	const struct code *found;
	const struct status_id *id;
	size_t i;

	for (i = 0; i < ARRAY_LEN(whose); i++) {
		if ((found = table_find(&whose[i]->codes, code))) {
			return found->status;
		}
		if ((id = table_find(&whose[i]->status_ids, code))) {
			return id->status;
		}
	}
	return NULL;
}

/*! \brief What is announced of the status that an extension has: its code, or 0 when it has none */
static const char *code_of_status(struct configuration *configuration, struct extension *extension)
{
	const struct client *const whose[] = { extension->client, configuration->nameless };
	const struct status *status = status_of(extension);
	size_t of, i;

	for (of = 0; of < ARRAY_LEN(whose); of++) {
		for (i = 0; i < AST_VECTOR_SIZE(&whose[of]->codes); i++) {
			const struct code *code = (struct code *) AST_VECTOR_GET(&whose[of]->codes, i);

			if (code->status == status) {
				return code->named.name;
			}
		}
	}
	return is_digits(status->id) ? status->id : "0";
}

/*! \brief Reads how long: up to three digits are minutes, four are a time of day. \return 0, or -1 */
static int read_end(const char *digits, time_t *until)
{
	char text[16];

	if (!is_digits(digits) || strlen(digits) > 4) {
		return -1;
	}
	if (strlen(digits) < 4) {
		snprintf(text, sizeof(text), "%sm", digits);
		return read_for(text, time(NULL), until) ? -1 : 0;
	}
	snprintf(text, sizeof(text), "%.2s:%.2s", digits, digits + 2);
	return read_until(text, time(NULL), until) ? -1 : 0;
}

/*! What is wanted by dialling. */
struct choice {
	/*! The extension, or NULL: whoever dials. */
	const char *extension;
	/*! NULL: the file's. */
	const char *code;
	const char *end;
};

/*! \brief Sets the status, or says why not. \return 1 when it is set */
static int choose(
	struct configuration *configuration, struct ast_channel *chan, const struct choice *choice, char *code, size_t size)
{
	struct extension *who = who_dials_itself(configuration, chan), *whose;
	struct author author = { "code", "" };
	const struct status *status = NULL;
	enum change_result result;
	char answer[ANSWER_SIZE], text[2 * FULL_NAME_SIZE + ANSWER_SIZE];
	time_t until = 0;

	if (end_of(configuration, chan, &whose) == END_UNKNOWN) {
		return deny_stranger(configuration, chan, "", "a status is chosen at the phone of an extension, and this");
	}
	if (!(whose = who)) {
		return deny_unknown(chan, "a status is chosen at the phone of an extension, by dialling");
	}
	if (choice->extension && !(whose = extension_of(configuration, who->client, choice->extension))) {
		return deny_number(chan, choice->extension, "there is no such extension, whose status was to be chosen");
	}
	if (!may_set(configuration, who, whose)) {
		snprintf(text, sizeof(text), "extension %s may not set the status of %s: see [may_set] of " CONFIG_FILE,
			extension_name(who), extension_name(whose));
		return deny_unknown(chan, text);
	}
	if (choice->code && !(status = status_of_code(configuration, who->client, choice->code))) {
		return deny_number(chan, choice->code, "no status has this code: see [codes] of " CONFIG_FILE);
	}
	if (choice->end && read_end(choice->end, &until)) {
		return deny_number(chan, choice->end,
			"expected up to three digits for minutes, 1 at least, or four for a time of day, 2359 at most");
	}
	author.who = extension_name(who);
	result = status ? set_status(extension_name(whose), lasting_name(status), until, &author)
					: unset_status(extension_name(whose), &author);
	if (result != CHANGED) {
		return deny_unknown(
			chan, change_error(result, extension_name(whose), status ? lasting_name(status) : "", answer));
	}
	ast_copy_string(code, code_of_status(configuration, whose), size);
	return 1;
}

/*! The functions, for the subroutines of the same names: what stands in their argument, in its order. */
static const struct {
	const char *function;
	int has_extension;
	int has_code;
} kinds[] = {
	{ "CALLPROP_CHOOSE", 0, 1 },
	{ "CALLPROP_CHOOSE_FOR", 1, 1 },
	{ "CALLPROP_CHOOSE_FILE", 0, 0 },
	{ "CALLPROP_CHOOSE_FILE_FOR", 1, 0 },
};

/*! \brief Reads what the function is about, and sets the status. \return 1 when it is set */
static int read_and_choose(struct ast_channel *chan, const char *function, char *code, size_t size)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	char argument[1][NUMBER_SIZE] = { "" }, *rest = argument[0];
	struct choice choice = { NULL };
	size_t kind;
	unsigned int count;

	for (kind = 0; strcmp(function, kinds[kind].function); kind++)
		;
	if (!in_subroutine(chan)) {
		return deny_unknown(chan, "a status is chosen by the subroutines of extensions_callprop.conf alone");
	}
	count = kinds[kind].has_extension || kinds[kind].has_code;
	if (!read_arguments(chan, count, count, argument)) {
		return 0;
	}
	choice.extension = kinds[kind].has_extension ? strsep(&rest, "*") : NULL;
	choice.code = kinds[kind].has_code ? S_OR(strsep(&rest, "*"), "") : NULL;
	if (kinds[kind].has_code) {
		choice.end = rest;
	} else if (count && rest) {
		return deny_unknown(chan, "expected an extension, and nothing behind it");
	}
	return choose(configuration, chan, &choice, code, size);
}

/*! \brief Its code when the status was set, otherwise the empty text */
static int choose_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	*buffer = '\0';
	if (!chan) {
		ast_log(LOG_ERROR, "%s() is about a channel, and there is none\n", function);
	} else if (!read_and_choose(chan, function, buffer, size)) {
		end_endless(chan);
	}
	return 0;
}

/*! \brief The code of the status that the extension of this phone has */
static int code_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension = chan ? who_dials_itself(configuration, chan) : NULL;

	ast_copy_string(buffer, extension ? code_of_status(configuration, extension) : "", size);
	return 0;
}

static struct ast_custom_function choosing[] = {
	{ .name = "CALLPROP_CHOOSE", .read = choose_read },
	{ .name = "CALLPROP_CHOOSE_FOR", .read = choose_read },
	{ .name = "CALLPROP_CHOOSE_FILE", .read = choose_read },
	{ .name = "CALLPROP_CHOOSE_FILE_FOR", .read = choose_read },
};

static struct ast_custom_function code_function = { .name = "CALLPROP_CODE", .read = code_read };

int codes_register(void)
{
	int result = ast_custom_function_register(&code_function);
	size_t i;

	for (i = 0; i < ARRAY_LEN(choosing); i++) {
		result |= ast_custom_function_register_escalating(&choosing[i], AST_CFE_READ);
	}
	return result;
}

void codes_unregister(void)
{
	size_t i;

	ast_custom_function_unregister(&code_function);
	for (i = 0; i < ARRAY_LEN(choosing); i++) {
		ast_custom_function_unregister(&choosing[i]);
	}
}
