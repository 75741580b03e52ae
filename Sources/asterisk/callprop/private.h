/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What the parts of res_callprop know of each other
 *
 * Each block is one part, in the order in which they build on each other. None needs one further down.
 */

#ifndef CALLPROP_PRIVATE_H
#define CALLPROP_PRIVATE_H

#include <callprop.h>

#include "asterisk/channel.h"
#include "asterisk/config.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"
#include "asterisk/vector.h"

/* ---- configuration.c: what callprop.conf says ----------------------------------------------------------------- */

#define CONFIG_FILE "callprop.conf"

/*! What every entry of a table begins with. */
struct named {
	const char *name;
};

/*! Entries in the order of their names, so that looking up takes no lock and no reference. */
AST_VECTOR(table, struct named *);

/*! One character more than an id may have, so that a longer one is refused and not cut. */
#define STATUS_ID_SIZE 40

struct status {
	struct named named;
	cp_properties granted;
	/*! The same as text, for people. */
	char granted_text[CP_PROPERTIES_MAX];
	/*! The vendor's number of it, when it is of the file that holds his answer; otherwise empty. */
	char id[STATUS_ID_SIZE];
	/*! An extension was set to it at run time, and the file does not have it: it grants nothing. */
	int unknown;
};

/*! A status by the vendor's number of it. */
struct status_id {
	struct named named;
	struct status *status;
};

struct extension {
	struct named named;
	/*! Read and written atomically: changes at run time. */
	struct status *status;
	/*! Written together with it, for people: it was set at run time, and is not the file's. */
	int at_run_time;
	/*! When it ends by itself; 0: it does not. */
	time_t until;
	/*! Nobody was told of it yet. */
	int is_untold;
	/*! The status of run time that it has then; NULL: the file's. Read under the lock of changes. */
	struct status *afterwards;
	struct status *of_file;
};

/*! What is dialled to choose a status. */
struct code {
	struct named named;
	struct status *status;
};

/*! Whose statuses an extension may set by dialling, beside its own. */
struct may_set {
	struct named named;
	/*! Names of extensions; a trailing * stands for anything. */
	struct table whose;
	/*! Not even its own. */
	int nobody;
};

/*! What Asterisk calls a device, such as PJSIP/101. */
struct interface {
	struct named named;
	struct extension *extension;
};

/*! A number that is not an extension, but inside the client. */
struct number {
	struct named named;
	uint8_t party;
	/*! What is dialled there is no call: a feature code, one's own voice mail. */
	int service;
};

struct configuration {
	struct table statuses;
	/*! Those of the vendor's answer, by his numbers. */
	struct table status_ids;
	struct table extensions;
	struct table interfaces;
	struct table numbers;
	/*! Devices whose other end is outside; a trailing * stands for anything. */
	struct table trunks;
	/*! Outside numbers that a call from outside may go on to; a trailing * stands for anything. */
	struct table transit;
	struct status *default_status;
	/*! Statuses that were set at run time, and that the file does not have. None of them can be set. */
	struct table unknown_statuses;
	/*! Numbers that are let through before anything is asked. */
	struct table emergency_numbers;
	/*! Statuses by what is dialled to choose them, and who may set whose. */
	struct table codes;
	struct table may_set;
	/*! The file of the history, or NULL: none is written. */
	char *history;
	/*! The file was refused when Asterisk started: nothing but emergency numbers, so everybody is denied. */
	int refused;
};

/*! \return the entry of that name; NULL when there is none */
void *table_find(struct table *table, const char *name);

/*! \return a new, zeroed entry; NULL when the name is there already, or without memory */
void *table_add(struct table *table, const char *name, size_t size);

/*! \return 1 when an entry is that name; a trailing * of an entry stands for anything */
int table_matches(const struct table *table, const char *name);

/*! \return an empty one, with a reference; NULL without memory */
struct configuration *configuration_alloc(void);

/*! \return the one in force, with a reference; NULL when none was published */
struct configuration *configuration_ref(void);

/*! \brief From here on this one is in force. The caller keeps his reference */
void configuration_publish(struct configuration *configuration);
void configuration_withdraw(void);

/*! \brief The status that an extension has now. Whoever decides by it reads it once */
struct status *status_of(struct extension *extension);

/*! \return 1 when this is an emergency number, and nothing more */
int is_emergency(struct configuration *configuration, const char *number);

/*! \return 1 when this is a service of the PBX */
int is_service(struct configuration *configuration, const char *number);

/*! \brief What a number is: an extension of the file, a number of [numbers], or outside */
uint8_t party_of_number(struct configuration *configuration, const char *name);

/* ---- names.c: how extensions and statuses are written --------------------------------------------------------- */

/*! \return the extension as an administrator writes it */
const char *extension_name(const struct extension *extension);

/*! \return the client of the extension, or the empty text */
const char *client_name(const struct extension *extension);

/*! \return the extension that is written so; NULL when there is none */
struct extension *extension_named(struct configuration *configuration, const char *name);

/*!
 * \brief The status that this extension can have: by its name, or by the vendor's number of it
 * \return NULL when there is none
 */
struct status *status_for(struct configuration *configuration, const struct extension *extension, const char *word);

/*! \return the word for a status that means the same one when it is called otherwise later */
const char *lasting_name(const struct status *status);

/*! \return 1 when there is no control character in it: names come into the log, into events and into AstDB */
int is_printable(const char *name);

/* ---- words.c: the words in which calls are written ------------------------------------------------------------ */

/*! The parties, at their values in cp_call. */
extern const char *const parties[];

/*! The legs, at their values in cp_call. */
extern const char *const legs[];

/*! \return the word's place in the list, or -1 */
int word_index(const char *const words[], const char *word);

/*! Arguments of a function, separated by commas. NULL where there are fewer. */
#define MAX_ARGUMENTS 5

/*! A decision, as the functions CALLPROP and CALLPROP_EXPLAIN take it, or the CLI. */
struct question {
	struct extension *extension;
	cp_call call;
};

/*!
 * \brief Reads extension, src, dst, leg and callback
 * \return NULL, or what is wrong
 */
const char *read_question(struct configuration *configuration, const char *const words[5], struct question *question);

/* ---- vendor.c: the answer of the vendor's API as a source of statuses ------------------------------------------ */

/*! \brief Reads the statuses of the file that the line names. \return 0, or -1 after telling why not */
int read_statuses_file(struct configuration *configuration, const struct ast_variable *line);

/* ---- codes.c: statuses that are chosen by dialling -------------------------------------------------------------- */

int read_code(struct configuration *configuration, const struct ast_variable *line);
int read_may_set(struct configuration *configuration, const struct ast_variable *line);

int codes_register(void);
void codes_unregister(void);

/* ---- conf_file.c: reads callprop.conf ------------------------------------------------------------------------- */

/*! \brief Logs why the file is refused, and where. \return -1, which the caller returns */
__attribute__((format(printf, 2, 3))) int refuse(const struct ast_variable *line, const char *format, ...);

/*! \brief Puts into a status what is granted by this property_list. \return 0, or -1 after telling why not */
int read_granted(struct status *status, const struct ast_variable *line, const char *property_list);

/*! \return the configuration of the file, with a reference; NULL when the file is refused */
struct configuration *configuration_read(void);

/*! \return what is in force when there is no other: the emergency numbers of the file, as far as it can be read; NULL without memory */
struct configuration *configuration_read_refused(void);

/* ---- events.c: tells AMI and ARI ------------------------------------------------------------------------------ */

/*! One of what an event says. The last one has no name. */
struct event_field {
	const char *name;
	const char *value;
};

/*! \brief Raises an event that is about a channel, which must not be locked */
void raise_channel_event(struct ast_channel *chan, const char *event, const struct event_field *fields);

/*! \brief Raises an event that is about no channel: AMI alone has it */
void raise_extension_event(const char *event, const struct event_field *fields);

/* ---- repeats.c: what repeats itself in one call ---------------------------------------------------------------- */

/*!
 * \brief Whether this was told for this call already. Then it is counted, and told as a number later
 * \param what the call that was denied, or why it was; without an extension: of whom, too
 */
int is_repeated(const char *linkedid, const char *extension, const char *status, const char *what);

/*! \brief Lists at the CLI what was told, and how often it was counted since */
void repeats_show(int fd);

int repeats_start(void);
void repeats_stop(void);

/* ---- until.c: when a status ends by itself ---------------------------------------------------------------------- */

/*! One character more than a time needs. */
#define TIME_SIZE 32

/*!
 * \brief Reads when a status ends: at a time of day, or of a date
 * \return NULL, or what is wrong
 */
const char *read_until(const char *text, time_t now, time_t *end);

/*! \brief The same by how long it lasts, such as 1h30m. \return NULL, or what is wrong */
const char *read_for(const char *text, time_t now, time_t *end);

/*! \brief Writes a time as UTC, such as 2026-11-26T13:00:00Z, or nothing for 0 */
void write_time(time_t time, char text[TIME_SIZE]);

/*! \brief Looks sooner whether a status has ended */
void until_wake(void);

int until_start(void);
void until_stop(void);

/* ---- seen.c: statuses as device states and presence states ------------------------------------------------------ */

/*! \brief Tells whoever watches the extension. The changes of one extension are told one after the other */
void seen_tell(const struct extension *extension, const struct status *status);

/*! \brief Tells that there is no such extension any more */
void seen_tell_gone(const struct extension *extension);

/*! \brief Tells of an extension that is new, or of a module that is */
void seen_tell_first(const struct extension *extension, const struct status *status, size_t of_how_many);

int seen_start(void);
void seen_stop(void);

/* ---- history.c, history_file.c: the file of changes and denials ------------------------------------------------- */

/*! Who wants a change: CLI, AMI, dialplan, code, reload, start or time; and who that was, as far as it is known. */
struct author {
	const char *by;
	const char *who;
};

/*! \brief Writes that the status of an extension was changed. Without from or to it is new, or gone */
void history_change(const struct extension *extension, const struct status *from, const struct status *to, time_t until,
	const struct author *author);

/*! What is told of a channel, copied while it was locked. */
struct identity {
	char name[AST_CHANNEL_NAME];
	char uniqueid[AST_MAX_UNIQUEID];
	char linkedid[AST_MAX_UNIQUEID];
};

/*! \brief Writes that a call was denied. Without an extension: why */
void history_denial(const struct identity *identity, const struct extension *extension, const struct status *status,
	const cp_call *call, const char *why);

/*! \return 1 when a history is written */
int history_is_written(void);

/*!
 * \brief From here on the history is written to this file, or to none
 * \return 1 when this is the first file, or another one: it is to begin with the statuses that there are
 */
int history_open(const char *path);

/*! \brief Writes what is left, and that it ends here */
void history_close(void);

/*! \brief Appends lines, which the thread of the history writes. Nobody waits for a disk */
void history_append(const char *lines, unsigned int count);

int history_start(void);
void history_stop(void);

/*! \return the first line of the file, and a line for rows that were lost */
const char *history_header(void);
void history_lost(char *line, size_t size, unsigned int count);

/* ---- rotation.c: rotates a file when Asterisk rotates its logs -------------------------------------------------- */

/*!
 * \brief Gives the file another name when Asterisk has done so with its own since it was asked last
 * \param path NULL: only looks
 * \return 1 when it did
 */
int rotate_with_logs(const char *path);

/* ---- kept.c: statuses in AstDB ---------------------------------------------------------------------------------- */

/*! What AstDB keeps of an extension: `status`, or with tabs between them `status`, when it ends, and the one of run time that it has then. */
struct kept {
	char *text;
	const char *status;
	/*! 0: it does not end by itself. */
	time_t until;
	const char *afterwards;
};

/*! \return 1 when something is kept, whose text is to be freed */
int read_kept(const struct extension *extension, struct kept *kept);

/*! \return 0, or -1 */
int keep(const struct extension *extension, const struct status *status, time_t until, const struct status *afterwards);

/*! \return 0, or -1 when something is still there at the next start */
int keep_nothing(const struct extension *extension);

/* ---- statuses.c: which status an extension has ---------------------------------------------------------------- */

enum change_result {
	CHANGED,
	NO_EXTENSION,
	NO_STATUS,
	NO_SOURCE,
	FAILED,
};

/*! What to tell whoever wants the change, by its result. */
extern const char *const change_errors[];

/*!
 * \param until when the status ends by itself; 0: it does not
 * \param author who wants it, for the event and the history
 */
enum change_result set_status(
	const char *extension_name, const char *status_name, time_t until, const struct author *author);

/*! \brief Gives the extension the file's status again, and forgets the one of run time */
enum change_result unset_status(const char *extension_name, const struct author *author);

/*! \brief Ends the statuses whose time is over. \return when the next one ends, or 0 */
time_t end_statuses(time_t now);

/*! \brief Tells of extensions that are new, a few at a time. \return 1 when there are more */
int tell_untold(void);

/*! \brief When the status of an extension ends by itself, or 0 */
time_t until_of(const struct extension *extension);

/*! Where the status of an extension is from, as a word for people: the file, or run time. */
const char *source_of(const struct extension *extension);

/*! \brief Reads the file, and puts it in force. When it is refused, everybody is denied until a reload. \return 0, or -1 without memory */
int statuses_start(void);

/*! \brief Does so again. When the file is refused, what was read before stays in force. \return 0, or -1 */
int statuses_reload(void);
void statuses_stop(void);

/* ---- calls.h: what the parts that decide about channels know of each other -------------------------------------- */

#include "calls.h"

/* ---- What Asterisk calls. Each start and each register returns 0 unless something failed ---------------------- */

int guard_start(void);
void guard_stop(void);

int functions_register(void);
void functions_unregister(void);

int status_function_register(void);
void status_function_unregister(void);

int cli_register(void);
void cli_unregister(void);

int ami_register(void);
void ami_unregister(void);

#endif
