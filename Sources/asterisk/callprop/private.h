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

/* ---- tables.c: tables of what has a name ------------------------------------------------------------------------ */

/*! What every entry of a table begins with. */
struct named {
	const char *name;
};

/*! A vector of entries, with an index by their names, so that looking up takes no lock and no reference. */
struct table {
	/*! Names are numbers, with their client behind an @: a - in a number counts for nothing, as Asterisk has it where it looks for what is dialled. */
	int of_numbers;
	struct named **elems;
	size_t max;
	size_t current;
	struct named **index;
	/*! How large the index is: none, or a power of two. */
	size_t slots;
};

/*! \return the entry of that name; NULL when there is none */
void *table_find(const struct table *table, const char *name);

/*! \return a new, zeroed entry; NULL when the name is there already, or without memory */
void *table_add(struct table *table, const char *name, size_t size);

/*! \brief Puts the entries in the order of their names, in which they are listed */
void table_sort(struct table *table);

/*! \return the entry that is that name, or the longest that is a beginning of it with a * behind; NULL when there is none */
void *table_match(const struct table *table, const char *name);

/*! \brief Frees the table and its entries */
void table_destroy(struct table *table);

/* ---- configuration.c: what callprop.conf says ----------------------------------------------------------------- */

#define CONFIG_FILE "callprop.conf"

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

/*! The name of a client has fewer characters. */
#define CLIENT_SIZE 40

/*! Its name is empty when it is the one whose sections carry none. */
struct client {
	struct named named;
	/*! NULL: that of the client without a name. */
	struct status *default_status;
	/*! As the file has it: in another client, that may be a status of its own. */
	char *default_name;
	/*! Its own, which come before those of [statuses]. Those of the client without a name are everybody's. */
	struct table statuses;
	/*! Those of the vendor's answer, by his numbers. */
	struct table status_ids;
	/*! Statuses by what is dialled to choose them. */
	struct table codes;
	/*! Its own, beside those of [general]. Those of the client without a name are everybody's. */
	struct table emergency_numbers;
	/*! Outside numbers that a call from outside may go on to; a trailing * stands for anything. */
	struct table transit;
	/*! What stands in front of the number, and behind it, in the device of an extension; NULL: it has none by itself. */
	char *device_prefix;
	char *device_suffix;
	/*! [general] says them. */
	int phones_of_file;
	int has_extensions;
};

/*! A status by the vendor's number of it. */
struct status_id {
	struct named named;
	struct status *status;
};

/*! Named as administrators write it: 101@acme, or 101 of the client without a name. */
struct extension {
	struct named named;
	struct client *client;
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
	/*! The phones that the file gives it, the first one. Somebody else may be at them. */
	struct interface *first;
	/*! At how many other phones it is. Read and written atomically. */
	int elsewhere;
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
	struct client *client;
	/*! Who is at it, or NULL: nobody. Read and written atomically: changes at run time. */
	struct extension *extension;
	struct extension *of_file;
	/*! The next one that the file gives to the same extension. */
	struct interface *next;
	/*! It has the number of its extension, and no line of [interfaces]. */
	int by_number;
	/*! Written together with the extension, for people: somebody logged in there. */
	int at_run_time;
};

/*! A number that is not an extension, but inside the client. Named like an extension. */
struct number {
	struct named named;
	uint8_t party;
	/*! What is dialled there is no call: a feature code, one's own voice mail. */
	int service;
};

/*! A device whose other end is outside. */
struct trunk {
	struct named named;
	/*! NULL: everybody's. */
	struct client *client;
};

struct configuration {
	struct table clients;
	/*! The one without a name, which is always there. */
	struct client *nameless;
	struct table extensions;
	struct table interfaces;
	struct table numbers;
	struct table trunks;
	/*! Those with a trailing *, which stands for anything. */
	struct table trunk_patterns;
	/*! Statuses that were set at run time, and that the file does not have. None of them can be set. */
	struct table unknown_statuses;
	/*! Who may set whose status by dialling, by their whole names. */
	struct table may_set;
	/*! The file of the history of all clients, or NULL: none is written. */
	char *history;
	/*! Why there is nothing but emergency numbers since Asterisk started, so that everybody is denied; otherwise NULL. */
	const char *refused;
	/*! How much was warned of when it was read. */
	unsigned int warnings;
};

/*! \return an empty one, with a reference; NULL without memory */
struct configuration *configuration_alloc(void);

/*! \return the one in force, with a reference; NULL when none was published */
struct configuration *configuration_ref(void);

/*! \brief From here on this one is in force. The caller keeps his reference */
void configuration_publish(struct configuration *configuration);
void configuration_withdraw(void);

/*! \brief The status that an extension has now. Whoever decides by it reads it once */
struct status *status_of(struct extension *extension);

/* ---- clients.c: what is whose ----------------------------------------------------------------------------------- */

/*! Of the longest name of an extension or number, number@client. */
#define FULL_NAME_SIZE AST_MAX_EXTENSION

/*! \return the client of that name; NULL when there is none */
struct client *client_named(struct configuration *configuration, const char *name);

/*! \return the same; it is made when it is not there. NULL without memory */
struct client *client_made(struct configuration *configuration, const char *name);

/*! The same with any number of - in it, which count for nothing, as somebody may dial it. */
#define DIALLED_NAME_SIZE (AST_MAX_EXTENSION + CLIENT_SIZE)

/*! \brief Writes number@client. \return 0, or -1 when it is too long, or says a client itself */
int full_name(const struct client *client, const char *number, char *name, size_t size);

/*! \brief The client in the name of an extension or a number; empty for that without a name */
const char *client_in_name(const char *name);

/*! \return the client's extension of that number, as it is dialled; NULL when there is none */
struct extension *extension_of(struct configuration *configuration, const struct client *client, const char *number);

/*! \return the client's own status of that name or that id of the vendor, or the one that is everybody's; NULL when there is none */
struct status *status_named(struct configuration *configuration, const struct client *client, const char *name);

/*! \return 1 when this is an emergency number for that client, and nothing more */
int is_emergency(struct configuration *configuration, const struct client *client, const char *number);

/*! \return 1 when this is a service of the client */
int is_service(struct configuration *configuration, const struct client *client, const char *number);

/*! \brief What a number is to a client: an extension of the file, a number of [numbers], or outside */
uint8_t party_of_number(struct configuration *configuration, const struct client *client, const char *number);

/*! \return the trunk that this device is; NULL when it is none */
struct trunk *trunk_of(struct configuration *configuration, const char *device);

/*! \return the client for whose extensions such devices are meant; for a file that was refused */
struct client *client_by_device(struct configuration *configuration, const char *device);

/* ---- names.c: how extensions and statuses are written --------------------------------------------------------- */

/*! \return the extension as an administrator writes it */
const char *extension_name(const struct extension *extension);

/*! \return the client of the extension, or the empty text */
const char *client_name(const struct extension *extension);

/*! \return the extension that is written so; NULL when there is none */
struct extension *extension_named(struct configuration *configuration, const char *name);

/*! \return the word for a status that means the same one when it is called otherwise later */
const char *lasting_name(const struct status *status);

/*! \return 1 when there is no control character in it: names come into the log, into events and into AstDB */
int is_printable(const char *name);

/*! \brief Makes it so, where it came from elsewhere */
void make_printable(char *text);

/* ---- words.c: the words in which calls are written ------------------------------------------------------------ */

/*! The parties, at their values in cp_call. */
extern const char *const parties[];

/*! The legs, at their values in cp_call. */
extern const char *const legs[];

/*! \return the word's place in the list, or -1 */
int word_index(const char *const words[], const char *word);

/*! Arguments of a function, separated by commas. NULL where there are fewer. */
#define MAX_ARGUMENTS 5

/*! Of the longest answer to whoever asks for what is not there. */
#define ANSWER_SIZE 256

/*! A decision, as the functions CALLPROP and CALLPROP_EXPLAIN take it, or the CLI. */
struct question {
	struct extension *extension;
	cp_call call;
	/*! Room for what is wrong with it. */
	char wrong[ANSWER_SIZE];
};

/*! \brief Says that there is no such extension, or why there is none at all. See answers.c */
const char *no_extension(const struct configuration *configuration, const char *name, char text[ANSWER_SIZE]);

/*!
 * \brief Reads extension, src, dst, leg and callback
 * \return NULL, or what is wrong
 */
const char *read_question(struct configuration *configuration, const char *const words[5], struct question *question);

/* ---- vendor.c: the answer of the vendor's API as a source of statuses ------------------------------------------ */

/*! \brief Reads the statuses of the file that the line names. \return 0, or -1 after telling why not */
int read_statuses_file(struct configuration *configuration, struct client *client, const struct ast_variable *line);

/* ---- codes.c: statuses that are chosen by dialling -------------------------------------------------------------- */

int read_code(struct configuration *configuration, struct client *client, const struct ast_variable *line);
int read_may_set(struct configuration *configuration, struct client *client, const struct ast_variable *line);

int codes_register(void);
void codes_unregister(void);

/* ---- conf_sections.c, with conf_file.c: reads callprop.conf ----------------------------------------- */

/*! \return the configuration of the file, with a reference; NULL when the file is refused */
struct configuration *configuration_read(void);

/*!
 * \return what is in force when there is no other: the emergency numbers of the file, as far as it can be read; NULL without memory
 * \param why a text that stays
 */
struct configuration *configuration_read_refused(const char *why);

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

/*!
 * The longest name of a channel that is looked at, with its end. AST_CHANNEL_NAME is no limit in Asterisk: Local/extension@context-00000001;1 may
 * have 179 characters, and a Snoop channel has its unique id in its name.
 */
#define CHANNEL_NAME_SIZE 256

/* ---- changes.h: what the parts that change statuses, and tell of it, know of each other -------------------------- */

#include "changes.h"

/* ---- calls.h: what the parts that decide about channels know of each other -------------------------------------- */

#include "calls.h"

/* ---- What Asterisk calls. Each start and each register returns 0 unless something failed ---------------------- */

int guard_start(void);
void guard_stop(void);

int functions_register(void);
void functions_unregister(void);

/*! \brief What a function answers that decides about this channel, such as CALLPROP_CALL. \return 1 when permitted */
int function_permits(struct ast_channel *chan, const char *function, const char *data);

/*! \brief A function has denied: ends the channel when its dialplan goes in a circle of denials. \return 0 */
int end_endless(struct ast_channel *chan);

int status_function_register(void);
void status_function_unregister(void);

int cli_register(void);
/*! \return 0, or -1 when somebody waits for a command for too long: it is still there then */
int cli_unregister(void);

int ami_register(void);
void ami_unregister(void);

/*! What the dialplan and the administrator see of phones. */
int phones_register(void);
int phones_unregister(void);

#endif
