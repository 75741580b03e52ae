/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What is written into the history: a row for each change of a status, and for each decision that denied
 *
 * The rows are CSV of RFC 4180, in the columns of history_header(). README.md describes them; what reads the file goes by their names.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/json.h"
#include "asterisk/lock.h"
#include "asterisk/strings.h"
#include "asterisk/time.h"
#include "asterisk/utils.h"

/*! In the order of the columns. */
enum column {
	TIME,
	SEQUENCE,
	EVENT,
	CLIENT,
	EXTENSION,
	FROM,
	TO,
	UNTIL,
	BY,
	WHO,
	STATUS,
	SRC,
	DST,
	LEG,
	CALLBACK,
	REQUIRED,
	GRANTED,
	LINKEDID,
	UNIQUEID,
	CHANNEL,
	REASON,
	COLUMNS,
};

const char *history_header(void)
{
	return "time,sequence,event,client,extension,from,to,until,by,who,status,src,dst,leg,callback,required,granted,linkedid,"
		   "uniqueid,channel,reason\n";
}

/*! \brief Appends a field. What would end a line, or begin another field, does not; and the file stays UTF-8 whatever somebody has dialled */
static void append_field(struct ast_str **row, const char *field)
{
	int quoted = strpbrk(field, ",\"\r\n") || *field == ' ' || (*field && field[strlen(field) - 1] == ' ');
	int is_utf8 = ast_json_utf8_check(field);

	if (quoted) {
		ast_str_append(row, 0, "\"");
	}
	for (; *field; field++) {
		if ((unsigned char) *field < ' ' || *field == 127 || (!is_utf8 && (unsigned char) *field > 127)) {
			ast_str_append(row, 0, "?");
		} else {
			ast_str_append(row, 0, *field == '"' ? "\"\"" : "%c", *field);
		}
	}
	if (quoted) {
		ast_str_append(row, 0, "\"");
	}
}

/*! Held while a row gets its time and its number, and its place in the file. */
AST_MUTEX_DEFINE_STATIC(order);
static long long last;

/*! \brief Numbers rise also over restarts: they go on from the time in microseconds */
static void write_now(char time[TIME_SIZE], char sequence[TIME_SIZE])
{
	struct timeval now = ast_tvnow();
	long long microseconds = now.tv_sec * 1000000LL + now.tv_usec;

	last = MAX(last + 1, microseconds);
	snprintf(sequence, TIME_SIZE, "%lld", last);
	write_time(now.tv_sec, time);
	/* In front of the Z. */
	snprintf(time + strlen(time) - 1, 6, ".%03dZ", (int) (now.tv_usec / 1000));
}

static void append_row(const char *fields[COLUMNS])
{
	struct ast_str *row = ast_str_create(256);
	char time[TIME_SIZE], sequence[TIME_SIZE];
	int column;

	if (!row) {
		return;
	}
	fields[TIME] = time;
	fields[SEQUENCE] = sequence;
	ast_mutex_lock(&order);
	write_now(time, sequence);
	for (column = 0; column < COLUMNS; column++) {
		ast_str_append(&row, 0, column ? "," : "");
		append_field(&row, S_OR(fields[column], ""));
	}
	ast_str_append(&row, 0, "\n");
	history_append(ast_str_buffer(row), 1);
	ast_mutex_unlock(&order);
	ast_free(row);
}

void history_change(const struct extension *extension, const struct status *from, const struct status *to, time_t until,
	const struct author *author)
{
	char until_text[TIME_SIZE];

	if (!history_is_written()) {
		return;
	}
	write_time(until, until_text);
	append_row((const char *[COLUMNS]){
		[EVENT] = !from ? "begin"
			: to        ? "change"
						: "end",
		[CLIENT] = client_name(extension),
		[EXTENSION] = extension_name(extension),
		[FROM] = from ? from->named.name : "",
		[TO] = to ? to->named.name : "",
		[UNTIL] = until_text,
		[BY] = author->by,
		[WHO] = author->who,
		[GRANTED] = to ? to->granted_text : "",
	});
}

void history_denial(const struct identity *identity, const struct extension *extension, const struct status *status,
	const cp_call *call, const char *why)
{
	char required[CP_PROPERTIES_MAX] = "";

	if (!history_is_written()) {
		return;
	}
	if (call) {
		cp_properties_format(cp_required(call), required, sizeof(required));
	}
	append_row((const char *[COLUMNS]){
		[EVENT] = "denial",
		[CLIENT] = extension ? client_name(extension) : "",
		[EXTENSION] = extension ? extension_name(extension) : "",
		[STATUS] = status ? status->named.name : "",
		[SRC] = call ? parties[call->src] : "",
		[DST] = call ? parties[call->dst] : "",
		[LEG] = call ? legs[call->leg] : "",
		[CALLBACK] = !call   ? ""
			: call->callback ? "true"
							 : "false",
		[REQUIRED] = required,
		[GRANTED] = status ? status->granted_text : "",
		[LINKEDID] = identity->linkedid,
		[UNIQUEID] = identity->uniqueid,
		[CHANNEL] = identity->name,
		[REASON] = why,
	});
}

void history_lost(char *line, size_t size, unsigned int count)
{
	char time[TIME_SIZE], sequence[TIME_SIZE];

	ast_mutex_lock(&order);
	write_now(time, sequence);
	ast_mutex_unlock(&order);
	snprintf(line, size, "%s,%s,lost,,,,,,,,,,,,,,,,,,%u rows\n", time, sequence, count);
}

void history_close(void)
{
	if (history_is_written()) {
		append_row((const char *[COLUMNS]){ [EVENT] = "stop", [BY] = "stop" });
	}
}
