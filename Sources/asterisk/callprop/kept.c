/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What AstDB keeps of the statuses that were set at run time
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/astdb.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

/*! The family of AstDB that keeps the statuses that were set at run time. */
#define DB_FAMILY "callprop"

/*! \brief Takes `status`, its end and what comes afterwards apart. What is written otherwise is a status that no file has */
static void take_apart(struct kept *kept)
{
	char *first = strchr(kept->text, '\t'), *second;
	long long until;

	if (first && (until = strtoll(first + 1, &second, 10)) > 0 && second > first + 1 && *second == '\t') {
		kept->until = until;
		kept->afterwards = second + 1;
		make_printable(second + 1);
		*first = '\0';
	}
	make_printable(kept->text);
}

int read_kept(const struct extension *extension, struct kept *kept)
{
	*kept = (struct kept){ .afterwards = "" };
	/* Of any length: a name that is cut off is that of another status. */
	if (ast_db_get_allocated(DB_FAMILY, extension_name(extension), &kept->text)) {
		return 0;
	}
	kept->status = kept->text;
	take_apart(kept);
	return 1;
}

/*! \brief Asterisk says why, and not of whom */
static int tell_of(int result, const struct extension *extension)
{
	if (result) {
		ast_log(LOG_ERROR, "AstDB does not take the status of extension %s: nothing is changed\n",
			extension_name(extension));
	}
	return result ? -1 : 0;
}

int keep(const struct extension *extension, const struct status *status, time_t until, const struct status *afterwards)
{
	char *text;
	int result = -1;

	if (!until) {
		return tell_of(ast_db_put(DB_FAMILY, extension_name(extension), lasting_name(status)), extension);
	}
	if (ast_asprintf(
			&text, "%s\t%lld\t%s", lasting_name(status), (long long) until, afterwards ? lasting_name(afterwards) : "")
		>= 0) {
		result = ast_db_put(DB_FAMILY, extension_name(extension), text);
		ast_free(text);
	}
	return tell_of(result, extension);
}

int keep_nothing(const struct extension *extension)
{
	/* It fails where the file cannot be written, and not where there is nothing to delete. */
	return tell_of(ast_db_del(DB_FAMILY, extension_name(extension)), extension);
}
