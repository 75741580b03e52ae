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

struct status {
	struct named named;
	cp_properties granted;
	/*! The same as text, for people. */
	char granted_text[CP_PROPERTIES_MAX];
	/*! An extension was set to it at run time, and the file does not have it: it grants nothing. */
	int unknown;
};

struct extension {
	struct named named;
	/*! Read and written atomically: changes at run time. */
	struct status *status;
	/*! Written together with it, for people: it was set at run time, and is not the file's. */
	int at_run_time;
	struct status *of_file;
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

/* ---- conf_file.c: reads callprop.conf ------------------------------------------------------------------------- */

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

/*! \param by who wants it, for the event */
enum change_result set_status(const char *extension_name, const char *status_name, const char *by);

/*! \brief Gives the extension the file's status again, and forgets the one of run time */
enum change_result unset_status(const char *extension_name, const char *by);

/*! Where the status of an extension is from, as a word for people: the file, or run time. */
const char *source_of(const struct extension *extension);

/*! \brief Can what stands in AstDB be read? When it cannot, what does not stand there is not known either */
int database_answers(void);

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

int cli_register(void);
void cli_unregister(void);

int ami_register(void);
void ami_unregister(void);

#endif
