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

const char *extension_name(const struct extension *extension)
{
	return extension->named.name;
}

const char *client_name(const struct extension *extension)
{
	return "";
}

struct extension *extension_named(struct configuration *configuration, const char *name)
{
	return table_find(&configuration->extensions, name);
}

struct status *status_for(struct configuration *configuration, const struct extension *extension, const char *word)
{
	struct status *status = table_find(&configuration->statuses, word);
	struct status_id *id;

	if (status) {
		return status;
	}
	return (id = table_find(&configuration->status_ids, word)) ? id->status : NULL;
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
