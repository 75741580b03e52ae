/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What is answered to whoever asks for what is not there: what that was, and how what is there is listed
 *
 * To everybody in the same words: at the CLI, at AMI, in the dialplan.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/manager.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

/*! How much is shown of what was asked for. */
#define SHOWN 80

/*! \brief Writes that there is no such thing, without what might forge a line of the log. \return the text */
static const char *not_there(const char *what, const char *name, const char *how, char text[ANSWER_SIZE])
{
	snprintf(text, ANSWER_SIZE, "no such %s: '%.*s' (%s)", what, SHOWN, name, how);
	make_printable(text);
	return text;
}

const char *no_extension(const struct configuration *configuration, const char *name, char text[ANSWER_SIZE])
{
	return S_OR(configuration->refused, not_there("extension", name, "callprop show extensions lists them", text));
}

const char *change_error(
	enum change_result result, const char *extension_name, const char *status_name, char text[ANSWER_SIZE])
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);

	switch (result) {
	case CHANGED:
		return NULL;
	case NO_EXTENSION:
		return no_extension(configuration, extension_name, text);
	case NO_STATUS:
		return not_there(
			"status", status_name, "callprop show statuses lists them; one with an @ is that client's alone", text);
	case NO_SOURCE:
		return "the source may only be set to file";
	default:
		return "not carried out, see the log";
	}
}

const char *login_error(enum login_result result, const char *phone, const char *extension_name, char text[ANSWER_SIZE])
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);

	switch (result) {
	case LOGGED:
		return NULL;
	case NO_PHONE:
		return S_OR(configuration->refused, not_there("phone", phone, "callprop show phones lists them", text));
	case NO_SUCH_EXTENSION:
		return no_extension(configuration, extension_name, text);
	case OTHER_CLIENT:
		return "the phone is another client's";
	default:
		return "not carried out, see the log";
	}
}

const char *missing_header(const struct message *m, const char *const headers[], char text[ANSWER_SIZE])
{
	for (; *headers; headers++) {
		if (ast_strlen_zero(astman_get_header(m, (char *) *headers))) {
			snprintf(text, ANSWER_SIZE, "the header %s is missing", *headers);
			return text;
		}
	}
	return NULL;
}

int is_wrong(struct mansession *s, const struct message *m, const char *wrong)
{
	if (wrong) {
		astman_send_error(s, m, (char *) wrong);
	}
	return wrong != NULL;
}
