/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief EXTENSION_STATUS(): the status of an extension in the dialplan
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/pbx.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

/*! What is asked about the status, or said with it. */
enum aspect {
	ITSELF,
	SOURCE,
	UNTIL,
	FOR,
	NO_ASPECT,
};

/*!
 * \brief Splits off the word after the extension, and what follows it
 * \param[out] end when there is an end to a status that is set; NULL elsewhere
 */
static enum aspect split_aspect(const char *function, char *data, char **end)
{
	static const char *const words[] = { "source", "until", "for", NULL };
	char *word = strchr(data, ','), *copy;
	int aspect;

	*end = NULL;
	if (!word) {
		return ITSELF;
	}
	*word++ = '\0';
	copy = ast_strdupa(word);
	if ((*end = strchr(word, ','))) {
		*(*end)++ = '\0';
	}
	aspect = word_index(words, word);
	if (aspect < 0 || (*end && aspect + 1 == SOURCE)) {
		ast_log(LOG_ERROR, "%s(%s,%s): the second word may only be source, until or for\n", function, data, copy);
		return NO_ASPECT;
	}
	return aspect + 1;
}

static int extension_status_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension;
	char *end, text[ANSWER_SIZE];
	enum aspect aspect = split_aspect(function, data, &end);

	if (aspect == NO_ASPECT) {
		return -1;
	}
	if (aspect == FOR || end) {
		ast_log(LOG_ERROR, "%s(%s,…): for and a time are of a status that is set\n", function, data);
		return -1;
	}
	if (!(extension = extension_named(configuration, data))) {
		ast_log(LOG_ERROR, "%s(%s): %s\n", function, data, no_extension(configuration, data, text));
		return -1;
	}
	if (aspect == UNTIL) {
		/* As the dialplan has times: for STRFTIME(), and to reckon with. */
		*buffer = '\0';
		if (until_of(extension)) {
			snprintf(buffer, size, "%lld", (long long) until_of(extension));
		}
		return 0;
	}
	ast_copy_string(buffer, aspect == SOURCE ? source_of(extension) : status_of(extension)->named.name, size);
	return 0;
}

/*! \brief Who sets it: the extension at whose phone the dialplan runs, or the channel */
static const char *author_of(
	struct configuration *configuration, struct ast_channel *chan, char name[CHANNEL_NAME_SIZE])
{
	struct extension *extension;

	if (!chan) {
		return "";
	}
	if (end_of(configuration, chan, &extension) == END_EXTENSION) {
		return extension_name(extension);
	}
	name_of(chan, name);
	return name;
}

static int extension_status_write(struct ast_channel *chan, const char *function, char *data, const char *value)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	char name[CHANNEL_NAME_SIZE], text[ANSWER_SIZE], *end;
	enum aspect aspect = split_aspect(function, data, &end);
	const struct author author = { "dialplan", author_of(configuration, chan, name) };
	enum change_result result;
	const char *wrong = NULL;
	time_t until = 0;

	if (aspect == NO_ASPECT) {
		return -1;
	}
	if (chan && is_of_originator(chan)) {
		ast_log(LOG_ERROR,
			"%s(%s)=%s: whoever originates a call does not change a status by that: set it by the CLI, AMI or the "
			"dialplan\n",
			function, data, value);
		return -1;
	}
	if (aspect == UNTIL || aspect == FOR) {
		/* Without a time, or with an empty one, it does not become a status without an end. */
		wrong = (aspect == UNTIL ? read_until : read_for)(S_OR(end, ""), time(NULL), &until);
	}
	if (!wrong) {
		/* An empty value does not unset: it may come of a variable that nobody has set. */
		result = aspect != SOURCE   ? set_status(data, value, until, &author)
			: strcmp(value, "file") ? NO_SOURCE
									: unset_status(data, &author);
		wrong = change_error(result, data, value, text);
	}
	if (wrong) {
		ast_log(LOG_ERROR, "%s(%s)=%s: %s\n", function, data, value, wrong);
		return -1;
	}
	return 0;
}

/*! Whoever may only read gets an answer: to read it changes nothing. */
static struct ast_custom_function extension_status = {
	.name = "EXTENSION_STATUS",
	.read = extension_status_read,
	.write = extension_status_write,
};

int status_function_register(void)
{
	return ast_custom_function_register(&extension_status);
}

void status_function_unregister(void)
{
	ast_custom_function_unregister(&extension_status);
}
