/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Does AstDB answer?
 *
 * To Asterisk, a key that cannot be read is one that is not there. So would a status be that was set at run time, while another
 * program holds the file: its extension would get back the rights of the file's status, and nobody decided that.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/astdb.h"
#include "asterisk/utils.h"

/*! A family beside that of the statuses, with one key, which is always there once the module has been loaded. */
#define DB_FAMILY "callprop-database"
#define KEY "answers"

static int is_there(void)
{
	char *text;

	if (ast_db_get_allocated(DB_FAMILY, KEY, &text)) {
		return 0;
	}
	ast_free(text);
	return 1;
}

int database_answers(void)
{
	return is_there() || (!ast_db_put(DB_FAMILY, KEY, "yes") && is_there());
}
