/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What the parts that change statuses and phones, and tell of it, know of each other
 *
 * Included by private.h, after what they build on. Each block is one part, and none needs one further down.
 */

#ifndef CALLPROP_CHANGES_H
#define CALLPROP_CHANGES_H

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
	char name[CHANNEL_NAME_SIZE];
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

/* ---- database.c: does AstDB answer? ------------------------------------------------------------------------------ */

/*! \brief Can what stands in AstDB be read? When it cannot, what does not stand there is not known either */
int database_answers(void);

/* ---- phones.c: who is at which phone ------------------------------------------------------------------------- */

enum login_result {
	LOGGED,
	NO_PHONE,
	NO_SUCH_EXTENSION,
	OTHER_CLIENT,
	NOT_STORED,
};

/*!
 * \brief From here on this phone is the extension's, whosever it was
 * \param extension_name of the phone's client, whose name may be left out
 * \param by who wants it, for the event
 */
enum login_result login_phone(const char *phone, const char *extension_name, const char *by);

/*! \brief Gives the phone back to whom the file says, and forgets who was logged in */
enum login_result logout_phone(const char *phone, const char *by);

/*! \brief Who is at a phone now; NULL when nobody is. Whoever decides by it reads it once */
struct extension *extension_at(struct interface *interface);

/*! \brief The devices of an extension, as Dial() takes them. \return 0, or -1 when they are too many */
int phones_of(struct configuration *configuration, struct extension *extension, struct ast_str **phones);

/*! \brief Nobody logs in or out until it is unlocked: another configuration comes into force */
void phones_lock(void);
void phones_unlock(void);

/*! \brief Puts those who were logged in at their phones again. The configuration is not in force yet */
void restore_phones(struct configuration *configuration);

/*! \brief Raises an event for each phone at which another is after a reload */
void raise_phone_differences(struct configuration *before, struct configuration *after);

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

/*! \return the status of the client that is written so, also as it is listed, open@beta; NULL when there is none */
struct status *status_written(struct configuration *configuration, const struct client *client, const char *name);

/*! \return how many there are, of all clients */
size_t emergency_numbers(const struct configuration *configuration);

/*! Of the longest answer to whoever reloads a file that is refused: the path of a file, and what is wrong there. */
#define REFUSAL_SIZE 1024

/*! \brief Does so again. When it cannot be, what was read before stays in force. \return NULL, or what is wrong */
const char *statuses_reload(char text[REFUSAL_SIZE]);

/*! \return what is wrong with the file that was refused last, for whoever has read it, before another is read */
const char *configuration_refusal(void);
void statuses_stop(void);

/* ---- answers.c: what is answered to whoever asks for what is not there -------------------------------------------- */

/*! \return what is wrong with a change; NULL when nothing is */
const char *change_error(
	enum change_result result, const char *extension_name, const char *status_name, char text[ANSWER_SIZE]);

/*! \return what is wrong with a login or logout; NULL when nothing is */
const char *login_error(
	enum login_result result, const char *phone, const char *extension_name, char text[ANSWER_SIZE]);

struct message;

/*! \return which of these headers, with NULL behind the last, an action of AMI lacks; NULL when it has them all */
const char *missing_header(const struct message *m, const char *const headers[], char text[ANSWER_SIZE]);

struct mansession;

/*! \brief Answers an action of AMI what is wrong, when something is. \return 1 when it is */
int is_wrong(struct mansession *s, const struct message *m, const char *wrong);

#endif
