/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief How an administrator writes an extension and a status, and which ones are meant
 *
 * Whatever shows or reads the name of an extension, at the CLI, at AMI, in the dialplan, in the log, in events, in AstDB or in the
 * history, does it here.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/utils.h"

const char *extension_name(const struct extension *extension)
{
	return extension->named.name;
}

const char *client_name(const struct extension *extension)
{
	return extension->client->named.name;
}

struct extension *extension_named(struct configuration *configuration, const char *name)
{
	return table_find(&configuration->extensions, name);
}

struct status *status_written(struct configuration *configuration, const struct client *client, const char *name)
{
	struct status *status = status_named(configuration, client, name);
	const char *at = strrchr(name, '@');
	char *own;

	/* As they are listed: one of a client's own with that behind it. */
	if (status || !at || !at[1] || strcmp(at + 1, client->named.name)) {
		return status;
	}
	own = ast_strdupa(name);
	own[at - name] = '\0';
	return table_find(&client->statuses, own);
}

const char *lasting_name(const struct status *status)
{
	return S_OR(status->id, status->named.name);
}

int is_printable(const char *name)
{
	for (; *name; name++) {
		if ((unsigned char) *name < ' ' || *name == 127) {
			return 0;
		}
	}
	return 1;
}

void make_printable(char *text)
{
	for (; *text; text++) {
		if ((unsigned char) *text < ' ' || *text == 127) {
			*text = '?';
		}
	}
}
