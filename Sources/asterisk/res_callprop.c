/*
 * callprop in Asterisk: which calls does the status of an extension let through?
 *
 * SPDX-License-Identifier: MIT
 *
 * A module must declare the licence of Asterisk itself (see ASTERISK_GPL_KEY at the end); MIT allows that.
 */

/*! \file
 *
 * \brief Decides calls by the statuses of extensions, through libcallprop
 *
 * The way of a call: the subroutines of extensions_callprop.conf evaluate CALLPROP_CALL() on the channel that makes
 * the call, and CALLPROP_RING() on each channel that is about to be rung. The first finds out the facts of the call
 * and leaves them on the channel, from where Asterisk copies them to the channels that it creates for the call.
 *
 * The configuration is never changed once it is published; a reload publishes another one. The one thing that
 * changes in it is which of its statuses an extension has, a pointer that is stored atomically. A decision therefore
 * takes no lock of this module. All changes are made one after the other, by a taskprocessor of their own.
 */

/*** MODULEINFO
	<depend>callprop</depend>
	<support_level>extended</support_level>
 ***/

#include "asterisk.h"

#include <callprop.h>

#include "asterisk/app.h"
#include "asterisk/astdb.h"
#include "asterisk/astobj2.h"
#include "asterisk/causes.h"
#include "asterisk/channel.h"
#include "asterisk/cli.h"
#include "asterisk/config.h"
#include "asterisk/json.h"
#include "asterisk/lock.h"
#include "asterisk/manager.h"
#include "asterisk/module.h"
#include "asterisk/parking.h"
#include "asterisk/pbx.h"
#include "asterisk/pickup.h"
#include "asterisk/stasis.h"
#include "asterisk/stasis_bridges.h"
#include "asterisk/stasis_channels.h"
#include "asterisk/strings.h"
#include "asterisk/taskprocessor.h"
#include "asterisk/utils.h"
#include "asterisk/vector.h"

/*** DOCUMENTATION
	<function name="EXTENSION_STATUS" language="en_US" module="res_callprop">
		<synopsis>
			Reads or changes the status of an extension.
		</synopsis>
		<syntax>
			<parameter name="extension" required="true">
				<para>An extension of <filename>callprop.conf</filename>.</para>
			</parameter>
		</syntax>
		<description>
			<para>A change holds from the next decision on, and survives a restart. An unknown extension or
			status is an error that changes nothing.</para>
			<example title="A phone that toggles its lunch break">
			exten => *50,1,Set(EXTENSION_STATUS(101)=lunch)
			</example>
		</description>
	</function>
	<function name="CALLPROP" language="en_US" module="res_callprop">
		<synopsis>
			1 when the status of an extension permits a call, otherwise 0.
		</synopsis>
		<syntax>
			<parameter name="extension" required="true">
				<para>The extension that is asked.</para>
			</parameter>
			<parameter name="src" required="true">
				<para>Who originates the call: <literal>extension</literal>, <literal>external</literal>,
				<literal>queue</literal> or <literal>ivr</literal>.</para>
			</parameter>
			<parameter name="dst" required="true">
				<para>What was dialled, in the same words.</para>
			</parameter>
			<parameter name="leg" required="true">
				<para><literal>src</literal> when the extension originates, <literal>dst</literal> when it is
				rung.</para>
			</parameter>
			<parameter name="callback">
				<para><literal>callback</literal> when the PBX initiates the call.</para>
			</parameter>
		</syntax>
		<description>
			<para>Every error is 0. On a channel, a denial is logged and raised as CallpropDenial.</para>
		</description>
		<see-also>
			<ref type="function">CALLPROP_EXPLAIN</ref>
			<ref type="function">CALLPROP_CALL</ref>
			<ref type="function">CALLPROP_RING</ref>
		</see-also>
	</function>
	<function name="CALLPROP_EXPLAIN" language="en_US" module="res_callprop">
		<synopsis>
			Explains the decision of CALLPROP() as a JSON object.
		</synopsis>
		<syntax>
			<parameter name="extension" required="true" />
			<parameter name="src" required="true" />
			<parameter name="dst" required="true" />
			<parameter name="leg" required="true" />
			<parameter name="callback" />
		</syntax>
		<description>
			<para>Takes what CALLPROP() takes. Empty on an error.</para>
		</description>
		<see-also>
			<ref type="function">CALLPROP</ref>
		</see-also>
	</function>
	<function name="CALLPROP_CALL" language="en_US" module="res_callprop">
		<synopsis>
			Decides for the extension that makes the call on this channel, and notes the facts of the call.
		</synopsis>
		<syntax>
			<parameter name="number" required="true">
				<para>What was dialled. Extensions, queues, voice menus and ring groups are known from
				<filename>callprop.conf</filename>; any other number is external.</para>
			</parameter>
			<parameter name="kind">
				<para><literal>extension</literal>, <literal>external</literal>, <literal>queue</literal> or
				<literal>ivr</literal>, where <filename>callprop.conf</filename> does not say.</para>
			</parameter>
		</syntax>
		<description>
			<para>The extension is the one whose phone this channel is; after a transfer or a forward, the one
			that transferred or forwarded. 1 when it may make the call, or when no extension makes it.</para>
		</description>
		<see-also>
			<ref type="function">CALLPROP_RING</ref>
		</see-also>
	</function>
	<function name="CALLPROP_RING" language="en_US" module="res_callprop">
		<synopsis>
			Decides whether the phone of this channel may be rung. For pre-dial handlers.
		</synopsis>
		<syntax />
		<description>
			<para>Needs the facts that CALLPROP_CALL() noted on the calling channel; without them it is 0.</para>
		</description>
		<see-also>
			<ref type="function">CALLPROP_REJECT</ref>
			<ref type="function">CALLPROP_CALL</ref>
		</see-also>
	</function>
	<function name="CALLPROP_REJECT" language="en_US" module="res_callprop">
		<synopsis>
			Hangs this channel up with cause 21, as the argument of Return() in a pre-dial handler. Empty.
		</synopsis>
		<syntax />
		<description>
			<para>Asterisk does not ring a channel that is hung up. The application Hangup() does so as well, but
			Asterisk warns of each subroutine that does not return.</para>
		</description>
		<see-also>
			<ref type="function">CALLPROP_RING</ref>
		</see-also>
	</function>
	<function name="CALLPROP_FORWARD" language="en_US" module="res_callprop">
		<synopsis>
			Decides whether an extension is reached by the call, which the dialplan then forwards on its behalf.
		</synopsis>
		<syntax>
			<parameter name="extension" required="true">
				<para>The extension whose calls are forwarded, such as by FollowMe().</para>
			</parameter>
		</syntax>
		<description>
			<para>From then on this extension makes the call: CALLPROP_CALL() asks its status.</para>
		</description>
		<see-also>
			<ref type="function">CALLPROP_CALL</ref>
		</see-also>
	</function>
	<function name="CALLPROP_PICKUP" language="en_US" module="res_callprop">
		<synopsis>
			The name of a ringing channel that this channel may pick up, for PickupChan().
		</synopsis>
		<syntax>
			<parameter name="extension">
				<para>The extension that rings. Left out: whatever rings in the pickup groups of this
				channel.</para>
			</parameter>
		</syntax>
		<description>
			<para>Empty when nothing rings there, and when the extension that picks up might not have been rung by
			that call itself.</para>
		</description>
	</function>
	<function name="CALLPROP_RETRIEVE" language="en_US" module="res_callprop">
		<synopsis>
			1 when this channel may retrieve the call that is parked in a space, otherwise 0.
		</synopsis>
		<syntax>
			<parameter name="space" required="true" />
			<parameter name="lot">
				<para>The parking lot; <literal>default</literal> unless given.</para>
			</parameter>
		</syntax>
		<description>
			<para>Permitted is what might have rung the extension that retrieves.</para>
		</description>
	</function>
	<manager name="CallpropSetStatus" language="en_US" module="res_callprop">
		<synopsis>
			Changes the status of an extension.
		</synopsis>
		<syntax>
			<xi:include xpointer="xpointer(/docs/manager[@name='Login']/syntax/parameter[@name='ActionID'])" />
			<parameter name="Extension" required="true" />
			<parameter name="Status" required="true" />
		</syntax>
		<description>
			<para>An unknown extension or status is an error that changes nothing.</para>
		</description>
	</manager>
	<managerEvent language="en_US" name="CallpropStatus">
		<managerEventInstance class="EVENT_FLAG_CALL">
			<synopsis>Raised when the status of an extension, or what it grants, has changed.</synopsis>
			<syntax>
				<parameter name="Extension" />
				<parameter name="Status" />
				<parameter name="PreviousStatus" />
				<parameter name="Granted" />
				<parameter name="By">
					<para><literal>dialplan</literal>, <literal>CLI</literal>, <literal>AMI</literal> or
					<literal>reload</literal>.</para>
				</parameter>
			</syntax>
		</managerEventInstance>
	</managerEvent>
	<managerEvent language="en_US" name="CallpropDenial">
		<managerEventInstance class="EVENT_FLAG_CALL">
			<synopsis>Raised once for each denial.</synopsis>
			<syntax>
				<parameter name="Extension" />
				<parameter name="Status" />
				<parameter name="Channel" />
				<parameter name="Uniqueid" />
				<parameter name="Linkedid" />
				<parameter name="Src" />
				<parameter name="Dst" />
				<parameter name="Leg" />
				<parameter name="Callback" />
				<parameter name="Required" />
				<parameter name="Granted" />
				<parameter name="Reason" />
			</syntax>
		</managerEventInstance>
	</managerEvent>
 ***/

#define CONFIG_FILE "callprop.conf"

/*! The family of AstDB that keeps the statuses that were set at run time. */
#define DB_FAMILY "callprop"

/* ---- Words ---------------------------------------------------------------------------------------------------- */

/*! The parties, at their values in cp_call. */
static const char *const parties[] = { "extension", "external", "queue", "ivr", NULL };

/*! The legs, at their values in cp_call. */
static const char *const legs[] = { "src", "dst", NULL };

/*! \return the word's place in the list, or -1 */
static int word_index(const char *const words[], const char *word)
{
	int i;

	for (i = 0; words[i]; i++) {
		if (word && !strcmp(words[i], word)) {
			return i;
		}
	}
	return -1;
}

/*! \brief The call in the form that cp_explain() and the log take */
static void call_text(const cp_call *call, char *buffer, size_t size)
{
	snprintf(buffer, size, "src=%s,dst=%s,leg=%s,callback=%s", parties[call->src], parties[call->dst], legs[call->leg],
		call->callback ? "true" : "false");
}

/* ---- The configuration ---------------------------------------------------------------------------------------- */

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
};

struct extension {
	struct named named;
	/*! Read and written atomically: changes at run time. */
	struct status *status;
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
};

struct configuration {
	struct table statuses;
	struct table extensions;
	struct table interfaces;
	struct table numbers;
	/*! Devices whose other end is outside; a trailing * stands for anything. */
	struct table trunks;
	struct status *default_status;
};

static AO2_GLOBAL_OBJ_STATIC(published);

static int compare_named(const void *left, const void *right)
{
	const struct named *const *a = left, *const *b = right;

	return strcmp((*a)->name, (*b)->name);
}

#define ORDER(a, b) strcmp((a)->name, (b)->name)

static void *table_find(struct table *table, const char *name)
{
	struct named key = { name }, *wanted = &key, **found = NULL;

	if (AST_VECTOR_SIZE(table)) {
		found = bsearch(&wanted, AST_VECTOR_GET_ADDR(table, 0), AST_VECTOR_SIZE(table), sizeof(wanted), compare_named);
	}
	return found ? *found : NULL;
}

/*! \return a new, zeroed entry; NULL when the name is there already, or without memory */
static void *table_add(struct table *table, const char *name, size_t size)
{
	struct named *entry;

	if (table_find(table, name) || !(entry = ast_calloc(1, size + strlen(name) + 1))) {
		return NULL;
	}
	entry->name = strcpy((char *) entry + size, name); /* Safe */
	if (AST_VECTOR_ADD_SORTED(table, entry, ORDER)) {
		ast_free(entry);
		return NULL;
	}
	return entry;
}

static void table_destroy(struct table *table)
{
	AST_VECTOR_CALLBACK_VOID(table, ast_free);
	AST_VECTOR_FREE(table);
}

static void configuration_destroy(void *object)
{
	struct configuration *configuration = object;

	table_destroy(&configuration->statuses);
	table_destroy(&configuration->extensions);
	table_destroy(&configuration->interfaces);
	table_destroy(&configuration->numbers);
	table_destroy(&configuration->trunks);
}

static struct configuration *configuration_alloc(void)
{
	return ao2_alloc_options(sizeof(struct configuration), configuration_destroy, AO2_ALLOC_OPT_LOCK_NOLOCK);
}

static struct status *status_of(struct extension *extension)
{
	return __atomic_load_n(&extension->status, __ATOMIC_ACQUIRE);
}

/*! \brief What a number is: an extension of the file, a number of [numbers], or outside */
static uint8_t party_of_number(struct configuration *configuration, const char *name)
{
	struct number *number = table_find(&configuration->numbers, name);

	if (number) {
		return number->party;
	}
	return table_find(&configuration->extensions, name) ? CP_EXTENSION : CP_EXTERNAL;
}

/* ---- Reading callprop.conf ------------------------------------------------------------------------------------ */

/*! \brief Logs why the file is refused, and where. \return -1, which the caller returns */
__attribute__((format(printf, 2, 3))) static int refuse(const struct ast_variable *line, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (line) {
		ast_log(LOG_ERROR, "%s:%d: %s\n", S_OR(line->file, CONFIG_FILE), line->lineno, text);
	} else {
		ast_log(LOG_ERROR, "%s: %s\n", CONFIG_FILE, text);
	}
	return -1;
}

static int read_status(struct configuration *configuration, const struct ast_variable *line)
{
	struct status *status;
	cp_properties granted;
	cp_error error;

	if (!cp_properties_parse(line->value, &granted, &error)) {
		if (error.position < 0) {
			return refuse(line, "status '%s': %s", line->name, error.text);
		}
		return refuse(line, "status '%s': %s (at byte %d)", line->name, error.text, (int) error.position);
	}
	if (!(status = table_add(&configuration->statuses, line->name, sizeof(*status)))) {
		return refuse(line, "status '%s' is there already", line->name);
	}
	status->granted = granted;
	cp_properties_format(granted, status->granted_text, sizeof(status->granted_text));
	return 0;
}

static int read_default(struct configuration *configuration, const struct ast_variable *line)
{
	if (strcmp(line->name, "default")) {
		return refuse(line, "'%s' is not a setting of [general]; expected default", line->name);
	}
	if (!(configuration->default_status = table_find(&configuration->statuses, line->value))) {
		return refuse(line, "default: no such status: '%s'", line->value);
	}
	return 0;
}

static int add_interface(
	struct configuration *configuration, const struct ast_variable *line, const char *name, struct extension *extension)
{
	struct interface *interface = table_add(&configuration->interfaces, name, sizeof(*interface));

	if (!interface) {
		return refuse(line, "interface '%s' is there already", name);
	}
	interface->extension = extension;
	return 0;
}

static int read_extension(struct configuration *configuration, const struct ast_variable *line)
{
	struct extension *extension;
	struct status *status = configuration->default_status;
	char *interface;

	if (!ast_strlen_zero(line->value) && !(status = table_find(&configuration->statuses, line->value))) {
		return refuse(line, "extension '%s': no such status: '%s'", line->name, line->value);
	}
	if (!status) {
		return refuse(line, "extension '%s': names no status, and [general] has no default", line->name);
	}
	if (!(extension = table_add(&configuration->extensions, line->name, sizeof(*extension)))) {
		return refuse(line, "extension '%s' is there already", line->name);
	}
	extension->status = status;
	interface = ast_alloca(strlen(line->name) + sizeof("PJSIP/"));
	sprintf(interface, "PJSIP/%s", line->name); /* Safe */
	return add_interface(configuration, line, interface, extension);
}

static int read_interface(struct configuration *configuration, const struct ast_variable *line)
{
	struct extension *extension = table_find(&configuration->extensions, line->value);

	if (!extension) {
		return refuse(line, "interface '%s': no such extension: '%s'", line->name, line->value);
	}
	return add_interface(configuration, line, line->name, extension);
}

static int read_number(struct configuration *configuration, const struct ast_variable *line)
{
	struct number *number;
	int party = word_index(parties, line->value);

	if (party < 0) {
		return refuse(line, "number '%s': no such kind: '%s'; expected extension, external, queue or ivr", line->name,
			line->value);
	}
	if (table_find(&configuration->extensions, line->name)) {
		return refuse(line, "number '%s' is an extension", line->name);
	}
	if (!(number = table_add(&configuration->numbers, line->name, sizeof(*number)))) {
		return refuse(line, "number '%s' is there already", line->name);
	}
	number->party = party;
	return 0;
}

static int read_trunk(struct configuration *configuration, const struct ast_variable *line)
{
	if (strcmp(line->name, "trunk") || ast_strlen_zero(line->value)) {
		return refuse(line, "'%s = %s': expected trunk = device", line->name, line->value);
	}
	if (table_find(&configuration->interfaces, line->value)) {
		return refuse(line, "trunk '%s' is an extension's interface", line->value);
	}
	if (!table_add(&configuration->trunks, line->value, sizeof(struct named))) {
		return refuse(line, "trunk '%s' is there already", line->value);
	}
	return 0;
}

/*! The sections, in the order in which they refer to each other; in the file they may stand in any order. */
static const struct section {
	const char *name;
	int (*read)(struct configuration *configuration, const struct ast_variable *line);
} sections[] = {
	{ "statuses", read_status },
	{ "general", read_default },
	{ "extensions", read_extension },
	{ "interfaces", read_interface },
	{ "numbers", read_number },
	{ "trunks", read_trunk },
};

static int check_sections(struct ast_config *file)
{
	const char *name = NULL;
	size_t i;

	while ((name = ast_category_browse(file, name))) {
		for (i = 0; i < ARRAY_LEN(sections) && strcmp(sections[i].name, name); i++)
			;
		if (i == ARRAY_LEN(sections)) {
			return refuse(ast_variable_browse(file, name), "no such section: [%s]", name);
		}
	}
	return 0;
}

static int read_sections(struct configuration *configuration, struct ast_config *file)
{
	const struct ast_variable *line;
	size_t i;

	for (i = 0; i < ARRAY_LEN(sections); i++) {
		for (line = ast_variable_browse(file, sections[i].name); line; line = line->next) {
			if (sections[i].read(configuration, line)) {
				return -1;
			}
		}
	}
	return 0;
}

/*! \brief Gives the extensions the statuses that were set at run time, which outlive restarts and reloads */
static void restore_statuses(struct configuration *configuration)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);
		struct status *status;
		char name[256];

		if (ast_db_get(DB_FAMILY, extension->named.name, name, sizeof(name))) {
			continue;
		}
		if ((status = table_find(&configuration->statuses, name))) {
			extension->status = status;
		} else {
			ast_log(LOG_WARNING, "Extension %s was set to status '%s', which %s no longer has: now '%s'\n",
				extension->named.name, name, CONFIG_FILE, extension->status->named.name);
		}
	}
}

/*! \return the configuration of the file, with a reference; NULL when the file is refused */
static struct configuration *configuration_read(void)
{
	struct ast_flags flags = { 0 };
	struct ast_config *file = ast_config_load(CONFIG_FILE, flags);
	struct configuration *configuration;

	if (!file || file == CONFIG_STATUS_FILEINVALID) {
		refuse(NULL, file ? "cannot be parsed" : "there is no such file");
		return NULL;
	}
	configuration = configuration_alloc();
	if (!configuration || check_sections(file) || read_sections(configuration, file)) {
		ao2_cleanup(configuration);
		configuration = NULL;
	} else {
		restore_statuses(configuration);
	}
	ast_config_destroy(file);
	return configuration;
}

/* ---- Changes, one after the other ----------------------------------------------------------------------------- */

/*! Carries out the changes, so that none needs a lock while it calls into Asterisk. */
static struct ast_taskprocessor *changes;

enum change_result {
	CHANGED,
	NO_EXTENSION,
	NO_STATUS,
	FAILED,
};

static const char *const change_errors[] = {
	[CHANGED] = NULL,
	[NO_EXTENSION] = "no such extension",
	[NO_STATUS] = "no such status",
	[FAILED] = "not carried out, see the log",
};

struct change {
	enum change_result (*carry_out)(struct change *change);
	const char *extension;
	const char *status;
	/*! Who wants it, for the event. */
	const char *by;
	enum change_result result;
	int finished;
	ast_mutex_t lock;
	ast_cond_t condition;
};

static int change_task(void *data)
{
	struct change *change = data;
	enum change_result result = change->carry_out(change);

	ast_mutex_lock(&change->lock);
	change->result = result;
	change->finished = 1;
	ast_cond_signal(&change->condition);
	ast_mutex_unlock(&change->lock);
	return 0;
}

/*! \brief Has the change carried out after those before it, and waits for that */
static enum change_result carry_out(struct change *change)
{
	ast_mutex_init(&change->lock);
	ast_cond_init(&change->condition, NULL);
	if (ast_taskprocessor_push(changes, change_task, change)) {
		change->result = FAILED;
	} else {
		ast_mutex_lock(&change->lock);
		while (!change->finished) {
			ast_cond_wait(&change->condition, &change->lock);
		}
		ast_mutex_unlock(&change->lock);
	}
	ast_cond_destroy(&change->condition);
	ast_mutex_destroy(&change->lock);
	return change->result;
}

static void raise_status(
	const struct extension *extension, const struct status *status, const char *previous, const char *by)
{
	manager_event(EVENT_FLAG_CALL, "CallpropStatus",
		"Extension: %s\r\n"
		"Status: %s\r\n"
		"PreviousStatus: %s\r\n"
		"Granted: %s\r\n"
		"By: %s\r\n",
		extension->named.name, status->named.name, previous, status->granted_text, by);
}

static enum change_result change_status(struct change *change)
{
	RAII_VAR(struct configuration *, configuration, ao2_global_obj_ref(published), ao2_cleanup);
	struct extension *extension = table_find(&configuration->extensions, change->extension);
	struct status *status = table_find(&configuration->statuses, change->status), *previous;

	if (!extension || !status) {
		return extension ? NO_STATUS : NO_EXTENSION;
	}
	if (ast_db_put(DB_FAMILY, extension->named.name, status->named.name)) {
		return FAILED;
	}
	previous = status_of(extension);
	__atomic_store_n(&extension->status, status, __ATOMIC_RELEASE);
	if (status != previous) {
		raise_status(extension, status, previous->named.name, change->by);
	}
	return CHANGED;
}

static enum change_result set_status(const char *extension, const char *status, const char *by)
{
	struct change change = {
		.carry_out = change_status,
		.extension = extension,
		.status = status,
		.by = by,
	};

	return carry_out(&change);
}

/*! \brief Raises an event for each extension to which a reload gave another status, or a status that grants other things */
static void raise_differences(struct configuration *before, struct configuration *after)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&after->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&after->extensions, i);
		struct extension *old = table_find(&before->extensions, extension->named.name);
		struct status *status = status_of(extension);

		if (!old || status_of(old)->granted != status->granted
			|| strcmp(status_of(old)->named.name, status->named.name)) {
			raise_status(extension, status, old ? status_of(old)->named.name : "", "reload");
		}
	}
}

static enum change_result change_configuration(struct change *change)
{
	RAII_VAR(struct configuration *, before, ao2_global_obj_ref(published), ao2_cleanup);
	RAII_VAR(struct configuration *, after, configuration_read(), ao2_cleanup);

	if (!after) {
		ast_log(LOG_ERROR, "%s is refused: what was read before stays in force\n", CONFIG_FILE);
		return FAILED;
	}
	ao2_global_obj_replace_unref(published, after);
	raise_differences(before, after);
	return CHANGED;
}

/* ---- Decisions and denials ------------------------------------------------------------------------------------ */

/*! \brief The explanation as JSON; on an error, error->text says why there is none */
static size_t explain(const struct status *status, const cp_call *call, char *json, size_t size, cp_error *error)
{
	char text[80];

	call_text(call, text, sizeof(text));
	return cp_explain(status->granted_text, text, json, size, error);
}

/*! \brief The library's sentence for an operator */
static void reason_of(const struct status *status, const cp_call *call, char *reason, size_t size)
{
	char text[CP_EXPLAIN_MAX];
	cp_error error;
	struct ast_json *json;

	if (!explain(status, call, text, sizeof(text), &error)) {
		ast_copy_string(reason, error.text, size);
		return;
	}
	json = ast_json_load_string(text, NULL);
	ast_copy_string(reason, S_OR(ast_json_string_get(ast_json_object_get(json, "reason")), "Denied"), size);
	ast_json_unref(json);
}

static void report_denial(
	struct ast_channel *chan, const struct extension *extension, const struct status *status, const cp_call *call)
{
	char reason[CP_EXPLAIN_MAX], required[CP_PROPERTIES_MAX] = "";
	char *channel, *uniqueid, *linkedid;

	reason_of(status, call, reason, sizeof(reason));
	cp_properties_format(cp_required(call), required, sizeof(required));

	ast_channel_lock(chan);
	channel = ast_strdupa(ast_channel_name(chan));
	uniqueid = ast_strdupa(ast_channel_uniqueid(chan));
	linkedid = ast_strdupa(ast_channel_linkedid(chan));
	ast_channel_unlock(chan);

	ast_log(LOG_NOTICE, "Call %s, %s: extension %s, status '%s': %s\n", linkedid, channel, extension->named.name,
		status->named.name, reason);
	ast_manager_event(chan, EVENT_FLAG_CALL, "CallpropDenial",
		"Extension: %s\r\n"
		"Status: %s\r\n"
		"Channel: %s\r\n"
		"Uniqueid: %s\r\n"
		"Linkedid: %s\r\n"
		"Src: %s\r\n"
		"Dst: %s\r\n"
		"Leg: %s\r\n"
		"Callback: %s\r\n"
		"Required: %s\r\n"
		"Granted: %s\r\n"
		"Reason: %s\r\n",
		extension->named.name, status->named.name, channel, uniqueid, linkedid, parties[call->src], parties[call->dst],
		legs[call->leg], call->callback ? "true" : "false", required, status->granted_text, reason);
}

/*! \brief Denied without an extension to ask: the dialplan or the configuration lacks something. \return 0 */
static int deny_unknown(struct ast_channel *chan, const char *why)
{
	ast_log(LOG_ERROR, "%s: denied: %s\n", ast_channel_name(chan), why);
	return 0;
}

/*! \brief The decision. A denial is reported. */
static int permits(struct ast_channel *chan, struct extension *extension, const cp_call *call)
{
	/* Read once: what is reported is what was decided. */
	const struct status *status = status_of(extension);

	if (cp_permits(status->granted, call)) {
		return 1;
	}
	report_denial(chan, extension, status, call);
	return 0;
}

/* ---- The facts of a call, on its channels --------------------------------------------------------------------- */

struct facts {
	/*! The call as the extensions that it rings see it. */
	cp_call call;
	/*! These are copied from the channel that created this one. */
	unsigned int inherited : 1;
	/*! This is the first leg of a callback, and what it is connected with is not known. */
	unsigned int dst_unknown : 1;
	/*! The maker forwards the call. */
	unsigned int forwarded : 1;
	/*! The dialplan of this channel has said where the call goes: whatever it rings for that is not asked for the maker again. */
	unsigned int went_on : 1;
	/*! This channel was permitted to ring by this call. */
	unsigned int ringing : 1;
	/*! The parking space that this channel is in, or 0. */
	unsigned int space;
	char lot[AST_MAX_CONTEXT];
	/*! The extension that makes the call though this channel is not its phone: it forwards, or answered a callback. */
	char maker[AST_MAX_EXTENSION];
};

static void facts_destroy(void *data)
{
	ast_free(data);
	ast_module_unref(AST_MODULE_SELF);
}

/*! \brief A copy that keeps this module loaded. The datastores of a call point into it. */
static void *facts_copy(const struct facts *facts)
{
	struct facts *copy = ast_malloc(sizeof(*copy));

	if (copy) {
		*copy = *facts;
		ast_module_ref(AST_MODULE_SELF);
	}
	return copy;
}

/*! \brief Called where a channel creates another */
static void *facts_inherit(void *data)
{
	struct facts copy = *(const struct facts *) data;

	copy.inherited = 1;
	copy.forwarded = copy.forwarded && !copy.went_on;
	copy.went_on = 0;
	copy.ringing = 0;
	copy.space = 0;
	return facts_copy(&copy);
}

static const struct ast_datastore_info facts_info = {
	.type = "callprop",
	.duplicate = facts_inherit,
	.destroy = facts_destroy,
};

/*! \return 1 when the channel has facts */
static int facts_get(struct ast_channel *chan, struct facts *facts)
{
	struct ast_datastore *store;

	ast_channel_lock(chan);
	if ((store = ast_channel_datastore_find(chan, &facts_info, NULL))) {
		*facts = *(const struct facts *) store->data;
	}
	ast_channel_unlock(chan);
	if (!store) {
		memset(facts, 0, sizeof(*facts));
	}
	return store != NULL;
}

/*! \return 0, or -1 without memory */
static int facts_add(struct ast_channel *chan, const struct facts *facts)
{
	struct ast_datastore *store = ast_datastore_alloc(&facts_info, NULL);

	if (!store || !(store->data = facts_copy(facts))) {
		if (store) {
			ast_datastore_free(store);
		}
		return -1;
	}
	store->inheritance = DATASTORE_INHERIT_FOREVER;
	return ast_channel_datastore_add(chan, store);
}

/*! \return 0, or -1 without memory */
static int facts_set(struct ast_channel *chan, const struct facts *facts)
{
	struct ast_datastore *store;
	int result = 0;

	ast_channel_lock(chan);
	if ((store = ast_channel_datastore_find(chan, &facts_info, NULL))) {
		*(struct facts *) store->data = *facts;
	} else {
		result = facts_add(chan, facts);
	}
	ast_channel_unlock(chan);
	return result;
}

/* ---- Who is who ----------------------------------------------------------------------------------------------- */

/*! What is at the other end of a channel. */
enum end {
	END_EXTENSION,
	END_TRUNK,
	/*! A Local channel: the other end is the dialplan. */
	END_LOCAL,
	END_UNKNOWN,
};

static int is_trunk(struct configuration *configuration, const char *device)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->trunks); i++) {
		const char *trunk = AST_VECTOR_GET(&configuration->trunks, i)->name;
		size_t length = strlen(trunk);

		if (trunk[length - 1] == '*' ? !strncmp(trunk, device, length - 1) : !strcmp(trunk, device)) {
			return 1;
		}
	}
	return 0;
}

/*! \brief By the name of a channel: PJSIP/101-00000007 is the phone PJSIP/101 */
static enum end end_of_name(struct configuration *configuration, const char *name, struct extension **extension)
{
	char device[AST_CHANNEL_NAME];
	char *dash;
	struct interface *interface;

	*extension = NULL;
	ast_copy_string(device, name, sizeof(device));
	if (!strncmp(device, "Local/", strlen("Local/"))) {
		return END_LOCAL;
	}
	if ((dash = strrchr(device, '-'))) {
		*dash = '\0';
	}
	if ((interface = table_find(&configuration->interfaces, device))) {
		*extension = interface->extension;
		return END_EXTENSION;
	}
	return is_trunk(configuration, device) ? END_TRUNK : END_UNKNOWN;
}

static enum end end_of(struct configuration *configuration, struct ast_channel *chan, struct extension **extension)
{
	char name[AST_CHANNEL_NAME];

	ast_channel_lock(chan);
	ast_copy_string(name, ast_channel_name(chan), sizeof(name));
	ast_channel_unlock(chan);
	return end_of_name(configuration, name, extension);
}

/*!
 * \brief Where a call began that comes from this channel
 * \return CP_EXTENSION or CP_EXTERNAL; what its facts say for a Local channel; -1 when that is unknown
 */
static int party_of_channel(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;
	struct facts facts;

	switch (end_of(configuration, chan, &extension)) {
	case END_EXTENSION:
		return CP_EXTENSION;
	case END_TRUNK:
		return CP_EXTERNAL;
	case END_LOCAL:
		return facts_get(chan, &facts) ? facts.call.src : -1;
	default:
		return -1;
	}
}

/*! \return 1 with the variable's value when the channel has it and it is not empty */
static int get_variable(struct ast_channel *chan, const char *name, char *value, size_t size)
{
	ast_channel_lock(chan);
	ast_copy_string(value, S_OR(pbx_builtin_getvar_helper(chan, name), ""), size);
	ast_channel_unlock(chan);
	return !ast_strlen_zero(value);
}

static int is_originated(struct ast_channel *chan)
{
	int originated;

	ast_channel_lock(chan);
	originated = ast_test_flag(ast_channel_flags(chan), AST_FLAG_ORIGINATED) != 0;
	ast_channel_unlock(chan);
	return originated;
}

/*! \return the other half of a Local channel, with a reference; NULL when this is none */
static struct ast_channel *other_half(struct ast_channel *chan)
{
	char name[AST_CHANNEL_NAME];
	size_t length;

	ast_channel_lock(chan);
	ast_copy_string(name, ast_channel_name(chan), sizeof(name));
	ast_channel_unlock(chan);
	length = strlen(name);
	if (strncmp(name, "Local/", strlen("Local/")) || name[length - 2] != ';') {
		return NULL;
	}
	name[length - 1] = name[length - 1] == '1' ? '2' : '1';
	return ast_channel_get_by_name(name);
}

/*! \return the channel itself, or the one that a Local channel is connected with, with a reference; NULL when there is none */
static struct ast_channel *far_end(struct ast_channel *chan)
{
	struct ast_channel *end = ast_channel_ref(chan), *half;

	while (end && (half = other_half(end))) {
		ast_channel_unref(end);
		end = ast_channel_bridge_peer(half);
		ast_channel_unref(half);
	}
	return end;
}

/* ---- The facts, found ----------------------------------------------------------------------------------------- */

/*!
 * \brief The first leg of a callback begins: this is the dialplan of an originated Local channel's second half
 *
 * The first half waits for the answer, and then runs the second leg: it gets the facts for that.
 */
static int begin_callback(struct configuration *configuration, struct ast_channel *chan, struct ast_channel *half,
	const char *number, uint8_t party, struct facts *facts)
{
	struct facts second;
	char to[AST_MAX_EXTENSION];

	facts->call = (cp_call){ .src = party, .dst = CP_EXTENSION, .leg = CP_LEG_SRC, .callback = 1 };
	ast_copy_string(facts->maker, number, sizeof(facts->maker));
	if (get_variable(chan, "CALLBACK_TO", to, sizeof(to))) {
		facts->call.dst = party_of_number(configuration, to);
	} else {
		facts->dst_unknown = 1;
	}
	second = *facts;
	second.call.leg = CP_LEG_DST;
	second.dst_unknown = 0;
	return facts_set(half, &second) ? -1 : 0;
}

/*! \brief What was dialled, seen by whom it rings: a call that came through a menu or a queue stays one */
static uint8_t dialled(const struct facts *facts, uint8_t party, int branch)
{
	if (party == CP_EXTENSION && (facts->call.dst == CP_IVR || (branch && facts->call.dst == CP_QUEUE))) {
		return facts->call.dst;
	}
	return party;
}

/*! \brief The call goes on in the dialplan of a Local channel */
static int find_local_facts(struct configuration *configuration, struct ast_channel *chan, const char *number,
	uint8_t party, struct facts *facts)
{
	RAII_VAR(struct ast_channel *, half, NULL, ao2_cleanup);
	struct extension *extension;
	char transferer[AST_CHANNEL_NAME];

	if (get_variable(chan, "ATTENDEDTRANSFER", transferer, sizeof(transferer))) {
		/* Somebody consults before a transfer, and calls for that. What is inherited is about the other call. */
		memset(facts, 0, sizeof(*facts));
		end_of_name(configuration, transferer, &extension);
		facts->call.src = extension ? CP_EXTENSION : CP_EXTERNAL;
		facts->call.dst = party;
		facts->call.leg = CP_LEG_DST;
		return 0;
	}
	if (facts_get(chan, facts)) {
		if (get_variable(chan, "BLINDTRANSFER", transferer, sizeof(transferer))) {
			facts->call = (cp_call){ .src = facts->call.src, .dst = party, .leg = CP_LEG_DST };
		} else if (facts->call.leg == CP_LEG_DST) {
			facts->call.dst = dialled(facts, party, !is_originated(chan));
		}
		return 0;
	}
	half = other_half(chan);
	if (half && is_originated(half)) {
		return begin_callback(configuration, chan, half, number, party, facts);
	}
	return -1;
}

/*! \brief The call is made by the phone, or comes from the trunk, that this channel is */
static void find_own_facts(struct ast_channel *chan, uint8_t src, uint8_t party, struct facts *facts)
{
	char transferer[AST_CHANNEL_NAME];
	int transferred = get_variable(chan, "BLINDTRANSFER", transferer, sizeof(transferer));

	if (!facts_get(chan, facts) || facts->inherited || transferred) {
		/* What was before a transfer does not count, nor what rang this phone when it now makes a call. */
		memset(facts, 0, sizeof(*facts));
	}
	facts->call.src = src;
	facts->call.dst = dialled(facts, party, 0);
	facts->call.leg = CP_LEG_DST;
	facts->call.callback = !transferred && is_originated(chan);
}

/*!
 * \brief Finds the facts of the call that goes on in the dialplan of this channel
 * \return 0, or -1 when they cannot be known
 */
static int find_facts(struct configuration *configuration, struct ast_channel *chan, const char *number, uint8_t party,
	struct facts *facts)
{
	struct extension *extension;

	switch (end_of(configuration, chan, &extension)) {
	case END_LOCAL:
		return find_local_facts(configuration, chan, number, party, facts);
	case END_EXTENSION:
		find_own_facts(chan, CP_EXTENSION, party, facts);
		return 0;
	case END_TRUNK:
		find_own_facts(chan, CP_EXTERNAL, party, facts);
		return 0;
	default:
		return -1;
	}
}

/*! What Asterisk notes on a channel when somebody else sends the call to where it goes: the name of his channel. */
static const char *const diverters[] = { "BLINDTRANSFER", "FORWARDERNAME", "ATTENDEDTRANSFER" };

/*!
 * \brief Who makes the call: the one who transferred or forwarded it, or else the phone that this channel is
 * \param[out] extension NULL when no extension makes it
 * \param[out] callback whether it does so in a callback
 * \return 0, or -1 when that cannot be known
 */
static int find_maker(struct configuration *configuration, struct ast_channel *chan, const struct facts *facts,
	struct extension **extension, int *callback)
{
	char name[AST_CHANNEL_NAME];
	struct extension *own;
	enum end end = end_of(configuration, chan, &own);
	size_t i;

	*callback = 0;
	/* A consultation has a Local channel of its own; elsewhere the variable is left from a transfer that is over. */
	for (i = 0; i < ARRAY_LEN(diverters) - (end != END_LOCAL); i++) {
		if (get_variable(chan, diverters[i], name, sizeof(name))
			&& end_of_name(configuration, name, extension) == END_EXTENSION) {
			return 0;
		}
	}
	/* Somebody outside who transfers an extension has it make the call. */
	*extension = own;
	if (facts->forwarded) {
		*extension = table_find(&configuration->extensions, facts->maker);
		return *extension ? 0 : -1;
	}
	*callback = facts->call.callback;
	if (end == END_LOCAL && *callback && is_originated(chan) && facts->call.src == CP_EXTENSION) {
		/* The second leg. Who answered the first is asked again, now that it is certain what he is connected with. */
		*extension = table_find(&configuration->extensions, facts->maker);
		return *extension ? 0 : -1;
	}
	return 0;
}

/*! \return 1 when the call may go on to what was dialled */
static int decide_call(struct configuration *configuration, struct ast_channel *chan, const char *number, uint8_t party)
{
	struct facts facts;
	struct extension *maker;
	cp_call call = { .src = CP_EXTENSION, .dst = party, .leg = CP_LEG_SRC };
	int callback;

	if (find_facts(configuration, chan, number, party, &facts)) {
		return deny_unknown(chan,
			"where the call began is not known: this is neither the interface of an extension nor a trunk "
			"of " CONFIG_FILE ", or a Local channel whose creator has not evaluated CALLPROP_CALL()");
	}
	if (find_maker(configuration, chan, &facts, &maker, &callback)) {
		return deny_unknown(chan, "no extension is known to make this call: set CALLBACK_TO for a callback of several");
	}
	facts.went_on = 1;
	if (facts_set(chan, &facts)) {
		return 0;
	}
	call.callback = callback;
	return !maker || permits(chan, maker, &call);
}

static void reject(struct ast_channel *chan)
{
	ast_channel_lock(chan);
	ast_channel_hangupcause_set(chan, AST_CAUSE_CALL_REJECTED);
	ast_softhangup_nolock(chan, AST_SOFTHANGUP_EXPLICIT);
	ast_channel_unlock(chan);
}

/*!
 * \brief What the first leg of a callback is decided with while it is not known what it is connected with
 *
 * It is enough that it may be connected with something. The second leg asks again with what that is.
 */
static uint8_t any_destination(struct extension *extension)
{
	return status_of(extension)->granted & CP_RO ? CP_EXTERNAL : CP_EXTENSION;
}

/*! \return 1 when the phone may be rung, or the channel is not a phone's */
static int decide_ring(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;
	struct facts facts;
	enum end end = end_of(configuration, chan, &extension);

	if (end == END_UNKNOWN) {
		return deny_unknown(chan, "this is neither the interface of an extension nor a trunk of " CONFIG_FILE);
	}
	if (end != END_EXTENSION) {
		/* The dialplan of a Local channel decides for the phones that it rings. */
		return 1;
	}
	if (!facts_get(chan, &facts)) {
		return deny_unknown(
			chan, "where the call began is not known: the calling channel has not evaluated CALLPROP_CALL()");
	}
	if (facts.dst_unknown && facts.call.src == CP_EXTENSION) {
		facts.call.dst = any_destination(extension);
	}
	if (!permits(chan, extension, &facts.call)) {
		return 0;
	}
	facts.ringing = 1;
	return !facts_set(chan, &facts);
}

/*! \return 1 when the call reaches the extension, which then forwards it */
static int decide_forward(struct configuration *configuration, struct ast_channel *chan, const char *number)
{
	struct extension *extension = table_find(&configuration->extensions, number);
	struct facts facts;

	if (!extension || !facts_get(chan, &facts)) {
		return deny_unknown(
			chan, extension ? "the channel has not evaluated CALLPROP_CALL()" : "there is no extension to forward");
	}
	if (!permits(chan, extension, &facts.call)) {
		return 0;
	}
	facts.forwarded = 1;
	facts.went_on = 0;
	ast_copy_string(facts.maker, number, sizeof(facts.maker));
	return !facts_set(chan, &facts);
}

/* ---- Calls that are taken: pickup and parking ----------------------------------------------------------------- */

/*! \brief May the phone of this channel take a call, as though the call had rung it? */
static int decide_take(struct configuration *configuration, struct ast_channel *chan, const cp_call *call)
{
	struct extension *extension;

	switch (end_of(configuration, chan, &extension)) {
	case END_EXTENSION:
		return permits(chan, extension, call);
	case END_TRUNK:
		return 1;
	default:
		return deny_unknown(chan, "who takes the call is not known");
	}
}

/*! \brief A condition on a channel. Gets the channel locked. */
typedef int (*channel_condition)(struct ast_channel *chan, const struct facts *facts, const void *wanted);

/*! \return the first channel that has facts and meets the condition, with a reference; NULL when there is none */
static struct ast_channel *find_channel(channel_condition condition, const void *wanted, struct facts *facts)
{
	struct ast_channel_iterator *iterator = ast_channel_iterator_all_new();
	struct ast_channel *chan = NULL;

	while (iterator && (chan = ast_channel_iterator_next(iterator))) {
		int found;

		ast_channel_lock(chan);
		found = facts_get(chan, facts) && condition(chan, facts, wanted);
		ast_channel_unlock(chan);
		if (found) {
			break;
		}
		ast_channel_unref(chan);
	}
	ast_channel_iterator_destroy(iterator);
	return chan;
}

/*! What rings: a phone of an extension. */
struct ringing_phone {
	struct configuration *configuration;
	struct extension *extension;
};

static int rings_at(struct ast_channel *chan, const struct facts *facts, const void *wanted)
{
	const struct ringing_phone *phone = wanted;
	struct extension *extension;

	return facts->ringing && ast_can_pickup(chan) && end_of(phone->configuration, chan, &extension) == END_EXTENSION
		&& extension == phone->extension;
}

static struct ast_channel *find_ringing(
	struct configuration *configuration, struct ast_channel *chan, const char *number, struct facts *facts)
{
	struct ringing_phone phone = { .configuration = configuration, .extension = NULL };
	struct ast_channel *target;

	if (!ast_strlen_zero(number)) {
		phone.extension = table_find(&configuration->extensions, number);
		return phone.extension ? find_channel(rings_at, &phone, facts) : NULL;
	}
	if ((target = ast_pickup_find_by_group(chan))) {
		int known = facts_get(target, facts) && facts->ringing;

		ast_channel_unlock(target);
		if (!known) {
			deny_unknown(target, "it rings without having evaluated CALLPROP_RING(), and cannot be picked up");
			target = ast_channel_unref(target);
		}
	}
	return target;
}

/*! \brief Writes the name of the ringing channel, or the empty text */
static void decide_pickup(
	struct configuration *configuration, struct ast_channel *chan, const char *number, char *name, size_t size)
{
	struct facts facts;
	struct ast_channel *target = find_ringing(configuration, chan, number, &facts);

	*name = '\0';
	if (target && decide_take(configuration, chan, &facts.call)) {
		ast_copy_string(name, ast_channel_name(target), size);
	}
	ao2_cleanup(target);
}

struct space {
	unsigned int number;
	const char *lot;
};

static int is_parked_in(struct ast_channel *chan, const struct facts *facts, const void *wanted)
{
	const struct space *space = wanted;

	return facts->space == space->number && !strcmp(facts->lot, space->lot);
}

static int decide_retrieve(
	struct configuration *configuration, struct ast_channel *chan, const char *number, const char *lot)
{
	struct space space = { 0, S_OR(lot, "default") };
	struct facts facts;
	cp_call call = { .dst = CP_EXTENSION, .leg = CP_LEG_DST };
	RAII_VAR(struct ast_channel *, parked, NULL, ao2_cleanup);
	int src;

	if (sscanf(number, "%30u", &space.number) != 1 || !space.number
		|| !(parked = find_channel(is_parked_in, &space, &facts))) {
		ast_log(LOG_NOTICE, "%s: no call is parked in %s of lot %s\n", ast_channel_name(chan), number, space.lot);
		return 0;
	}
	if ((src = party_of_channel(configuration, parked)) < 0) {
		return deny_unknown(chan, "where the parked call began is not known");
	}
	call.src = src;
	if (!facts.inherited && facts.call.dst == CP_QUEUE) {
		call.dst = CP_QUEUE;
	}
	return decide_take(configuration, chan, &call);
}

/* ---- What Asterisk tells: dials, parked calls and attended transfers ------------------------------------------ */

#ifdef CALLPROP_SNAPSHOT_BASE
#define SNAPSHOT_UNIQUEID(snapshot) (snapshot)->base->uniqueid
#else
/* Before Asterisk 17 */
#define SNAPSHOT_UNIQUEID(snapshot) (snapshot)->uniqueid
#endif

static struct stasis_subscription *dials;
static struct stasis_subscription *parked_calls;
static struct stasis_subscription *transfers;

static struct ast_channel *channel_of(const struct ast_channel_snapshot *snapshot)
{
	return snapshot ? ast_channel_get_by_name(SNAPSHOT_UNIQUEID(snapshot)) : NULL;
}

/*! \brief Decides for a phone that the PBX rings itself, without a dialplan: the first leg of a callback */
static int decide_originated(struct configuration *configuration, struct ast_channel *chan, struct extension *extension)
{
	cp_call call = { .src = CP_EXTENSION, .dst = any_destination(extension), .leg = CP_LEG_SRC, .callback = 1 };

	return permits(chan, extension, &call);
}

/*!
 * \brief Ends what rings a phone and was not decided: a dialplan without the pre-dial handler, or Asterisk of its own accord
 *
 * It comes after the fact: the phone has begun to ring.
 */
static void dial_begun(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
	RAII_VAR(struct configuration *, configuration, ao2_global_obj_ref(published), ao2_cleanup);
	RAII_VAR(struct ast_channel *, chan, NULL, ao2_cleanup);
	struct ast_multi_channel_blob *dial;
	struct extension *extension;
	struct facts facts;

	if (!configuration || stasis_message_type(message) != ast_channel_dial_type()) {
		return;
	}
	dial = stasis_message_data(message);
	if (!ast_strlen_zero(
			ast_json_string_get(ast_json_object_get(ast_multi_channel_blob_get_json(dial), "dialstatus")))) {
		return;
	}
	chan = channel_of(ast_multi_channel_blob_get_channel(dial, "peer"));
	if (!chan || end_of(configuration, chan, &extension) != END_EXTENSION
		|| (facts_get(chan, &facts) && facts.ringing)) {
		return;
	}
	if (is_originated(chan) ? !decide_originated(configuration, chan, extension)
							: !deny_unknown(chan, "it rings without having evaluated CALLPROP_RING()")) {
		reject(chan);
	}
}

/*! \brief Notes on a channel where it is parked */
static void parked_call(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
	const struct ast_parked_call_payload *parked;
	struct ast_channel *chan;
	struct facts facts;

	if (stasis_message_type(message) != ast_parked_call_type()) {
		return;
	}
	parked = stasis_message_data(message);
	if (!(chan = channel_of(parked->parkee))) {
		return;
	}
	if (!facts_get(chan, &facts)) {
		/* It was called by somebody, and makes no call itself so far: one that cannot happen, which rings nobody. */
		facts.call.src = CP_IVR;
	}
	facts.space = parked->event_type == PARKED_CALL ? parked->parkingspace : 0;
	ast_copy_string(facts.lot, parked->parkinglot, sizeof(facts.lot));
	facts_set(chan, &facts);
	ast_channel_unref(chan);
}

/*!
 * \brief After a transfer this channel is connected with another, as though that had called it
 *
 * Ends both when that is denied.
 */
static void decide_transferred(struct configuration *configuration, struct ast_channel *chan, struct ast_channel *other)
{
	struct extension *extension;
	cp_call call = { .dst = CP_EXTENSION, .leg = CP_LEG_DST };
	int src;

	if (end_of(configuration, chan, &extension) != END_EXTENSION) {
		return;
	}
	if ((src = party_of_channel(configuration, other)) < 0) {
		deny_unknown(chan, "with whom it was connected by a transfer is not known");
	} else {
		call.src = src;
		if (permits(chan, extension, &call)) {
			return;
		}
	}
	reject(chan);
	reject(other);
}

static int was_dialled(struct ast_channel *chan)
{
	int outgoing;

	ast_channel_lock(chan);
	outgoing = ast_test_flag(ast_channel_flags(chan), AST_FLAG_OUTGOING) != 0;
	ast_channel_unlock(chan);
	return outgoing;
}

static void decide_connected(
	struct configuration *configuration, struct ast_channel *transferee, struct ast_channel *target)
{
	decide_transferred(configuration, target, transferee);
	if (!was_dialled(target)) {
		/* Both called the one who connects them, so each is connected with somebody who was not dialled for it. */
		decide_transferred(configuration, transferee, target);
	}
}

/*! The two that a transfer connects, with references. */
struct connected {
	struct ast_channel *transferee;
	/*! Whom the transferer had consulted. */
	struct ast_channel *target;
};

/*!
 * \brief Finds the two among the channels of a bridge
 *
 * Asterisk does not name them when the transfer was made by the keys of the phone. The target is the Local channel then.
 */
static void find_connected(const struct ast_bridge_channel_snapshot_pair *side, struct connected *connected)
{
	struct ao2_iterator iterator;
	const char *uniqueid;

	if (!side->bridge_snapshot || !side->channel_snapshot) {
		return;
	}
	iterator = ao2_iterator_init(side->bridge_snapshot->channels, 0);
	for (; (uniqueid = ao2_iterator_next(&iterator)); ao2_ref((void *) uniqueid, -1)) {
		struct ast_channel *chan = NULL, **found;

		if (strcmp(uniqueid, SNAPSHOT_UNIQUEID(side->channel_snapshot))) {
			chan = ast_channel_get_by_name(uniqueid);
		}
		found = chan && !strncmp(ast_channel_name(chan), "Local/", strlen("Local/")) ? &connected->target
																					 : &connected->transferee;
		if (!*found) {
			*found = chan;
		} else {
			ao2_cleanup(chan);
		}
	}
	ao2_iterator_destroy(&iterator);
}

/*! \brief Puts the channel that is a party of the call in the place of a Local channel that leads to it */
static void resolve_far_end(struct ast_channel **chan)
{
	struct ast_channel *end = *chan ? far_end(*chan) : NULL;

	if (end) {
		ast_channel_unref(*chan);
		*chan = end;
	}
}

/*!
 * \brief Decides attended transfers
 *
 * No dialplan runs when two calls become one, so they are decided as soon as Asterisk tells.
 */
static void attended_transfer(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
	RAII_VAR(struct configuration *, configuration, ao2_global_obj_ref(published), ao2_cleanup);
	const struct ast_attended_transfer_message *transfer;
	struct connected connected;

	if (!configuration || stasis_message_type(message) != ast_attended_transfer_type()) {
		return;
	}
	transfer = stasis_message_data(message);
	if (transfer->result != AST_BRIDGE_TRANSFER_SUCCESS) {
		return;
	}
	connected.transferee = channel_of(transfer->transferee);
	connected.target = channel_of(transfer->target);
	if (!connected.transferee || !connected.target) {
		find_connected(&transfer->to_transferee, &connected);
		find_connected(&transfer->to_transfer_target, &connected);
	}
	resolve_far_end(&connected.transferee);
	resolve_far_end(&connected.target);
	if (connected.transferee && connected.target) {
		decide_connected(configuration, connected.transferee, connected.target);
	}
	ao2_cleanup(connected.transferee);
	ao2_cleanup(connected.target);
}

static struct stasis_subscription *subscribe(
	struct stasis_topic *topic, struct stasis_message_type *type, stasis_subscription_cb callback)
{
	struct stasis_subscription *subscription = topic ? stasis_subscribe(topic, callback, NULL) : NULL;

	if (subscription) {
		stasis_subscription_accept_message_type(subscription, type);
		stasis_subscription_set_filter(subscription, STASIS_SUBSCRIPTION_FILTER_SELECTIVE);
	}
	return subscription;
}

/* ---- Dialplan functions --------------------------------------------------------------------------------------- */

/*! A decision, as the functions CALLPROP and CALLPROP_EXPLAIN take it, or the CLI. */
struct question {
	struct extension *extension;
	cp_call call;
};

/*!
 * \brief Reads extension, src, dst, leg and callback
 * \return NULL, or what is wrong
 */
static const char *read_question(
	struct configuration *configuration, const char *const words[5], struct question *question)
{
	int src = word_index(parties, words[1]), dst = word_index(parties, words[2]), leg = word_index(legs, words[3]);

	if (!(question->extension = table_find(&configuration->extensions, S_OR(words[0], "")))) {
		return "no such extension";
	}
	if (src < 0 || dst < 0) {
		return "src and dst are extension, external, queue or ivr";
	}
	if (leg < 0) {
		return "leg is src or dst";
	}
	if (!ast_strlen_zero(words[4]) && strcmp(words[4], "callback")) {
		return "the last word may only be callback";
	}
	question->call = (cp_call){ .src = src, .dst = dst, .leg = leg, .callback = !ast_strlen_zero(words[4]) };
	return NULL;
}

/*! Arguments of a function, separated by commas. NULL where there are fewer. */
#define MAX_ARGUMENTS 5

static void split_arguments(char *text, const char *arguments[MAX_ARGUMENTS])
{
	int i;

	for (i = 0; i < MAX_ARGUMENTS; i++) {
		arguments[i] = text ? ast_strip(strsep(&text, ",")) : NULL;
	}
}

static const char *function_question(
	struct configuration *configuration, const char *function, char *data, struct question *question)
{
	const char *arguments[MAX_ARGUMENTS], *error;

	split_arguments(data, arguments);
	if ((error = read_question(configuration, arguments, question))) {
		ast_log(LOG_ERROR, "%s(%s,…): %s\n", function, S_OR(arguments[0], ""), error);
	}
	return error;
}

static int callprop_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, ao2_global_obj_ref(published), ao2_cleanup);
	struct question question;
	int permitted = 0;

	if (!function_question(configuration, function, data, &question)) {
		permitted = chan ? permits(chan, question.extension, &question.call)
						 : cp_permits(status_of(question.extension)->granted, &question.call);
	}
	ast_copy_string(buffer, permitted ? "1" : "0", size);
	return 0;
}

static int callprop_explain_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, ao2_global_obj_ref(published), ao2_cleanup);
	struct question question;
	cp_error error;

	*buffer = '\0';
	if (!function_question(configuration, function, data, &question)
		&& !explain(status_of(question.extension), &question.call, buffer, size, &error)) {
		ast_log(LOG_ERROR, "%s: %s\n", function, error.text);
	}
	return 0;
}

/*! \brief The functions that decide about the channel on which they are evaluated */
static int callprop_channel_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, ao2_global_obj_ref(published), ao2_cleanup);
	const char *arguments[MAX_ARGUMENTS];
	int permitted = 0, party;

	ast_copy_string(buffer, "0", size);
	if (!chan) {
		ast_log(LOG_ERROR, "%s() is about a channel, and there is none\n", function);
		return 0;
	}
	split_arguments(data, arguments);
	if (!strcmp(function, "CALLPROP_PICKUP")) {
		decide_pickup(configuration, chan, arguments[0], buffer, size);
		return 0;
	}
	if (!strcmp(function, "CALLPROP_RING")) {
		permitted = decide_ring(configuration, chan);
	} else if (!strcmp(function, "CALLPROP_FORWARD")) {
		permitted = decide_forward(configuration, chan, S_OR(arguments[0], ""));
	} else if (!strcmp(function, "CALLPROP_RETRIEVE")) {
		permitted = decide_retrieve(configuration, chan, S_OR(arguments[0], ""), arguments[1]);
	} else {
		party = ast_strlen_zero(arguments[1]) ? party_of_number(configuration, S_OR(arguments[0], ""))
											  : word_index(parties, arguments[1]);
		permitted = party < 0 ? deny_unknown(chan, "the kind is none of extension, external, queue and ivr")
							  : decide_call(configuration, chan, S_OR(arguments[0], ""), party);
	}
	ast_copy_string(buffer, permitted ? "1" : "0", size);
	return 0;
}

static int callprop_reject_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	*buffer = '\0';
	if (chan) {
		reject(chan);
	}
	return 0;
}

static int extension_status_read(struct ast_channel *chan, const char *function, char *data, char *buffer, size_t size)
{
	RAII_VAR(struct configuration *, configuration, ao2_global_obj_ref(published), ao2_cleanup);
	struct extension *extension = table_find(&configuration->extensions, data);

	if (!extension) {
		ast_log(LOG_ERROR, "%s(%s): no such extension\n", function, data);
		return -1;
	}
	ast_copy_string(buffer, status_of(extension)->named.name, size);
	return 0;
}

static int extension_status_write(struct ast_channel *chan, const char *function, char *data, const char *value)
{
	enum change_result result = set_status(data, value, "dialplan");

	if (result != CHANGED) {
		ast_log(LOG_ERROR, "%s(%s)=%s: %s\n", function, data, value, change_errors[result]);
		return -1;
	}
	return 0;
}

static struct ast_custom_function functions[] = {
	{ .name = "EXTENSION_STATUS", .read = extension_status_read, .write = extension_status_write },
	{ .name = "CALLPROP", .read = callprop_read, .read_max = 2 },
	{ .name = "CALLPROP_EXPLAIN", .read = callprop_explain_read },
	{ .name = "CALLPROP_CALL", .read = callprop_channel_read },
	{ .name = "CALLPROP_RING", .read = callprop_channel_read },
	{ .name = "CALLPROP_REJECT", .read = callprop_reject_read },
	{ .name = "CALLPROP_FORWARD", .read = callprop_channel_read },
	{ .name = "CALLPROP_PICKUP", .read = callprop_channel_read },
	{ .name = "CALLPROP_RETRIEVE", .read = callprop_channel_read },
};

/* ---- CLI ------------------------------------------------------------------------------------------------------ */

static void complete_names(const struct table *table, const char *word)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(table); i++) {
		const char *name = AST_VECTOR_GET(table, i)->name;

		if (!strncmp(name, word, strlen(word))) {
			ast_cli_completion_add(ast_strdup(name));
		}
	}
}

static char *cli_show_properties(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	struct ast_json *list;
	size_t i;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop show properties";
		e->usage = "Usage: callprop show properties\n       Lists the properties of which a status is made.\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (a->argc != e->args) {
		return CLI_SHOWUSAGE;
	}
	if (!(list = ast_json_load_string(cp_list(), NULL))) {
		return CLI_FAILURE;
	}
	for (i = 0; i < ast_json_array_size(list); i++) {
		struct ast_json *property = ast_json_array_get(list, i);

		ast_cli(a->fd, "%-4s %-28s %s\n", ast_json_object_string_get(property, "mnemo"),
			ast_json_object_string_get(property, "name"), ast_json_object_string_get(property, "description"));
	}
	ast_json_unref(list);
	return CLI_SUCCESS;
}

static char *cli_show_statuses(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, ao2_global_obj_ref(published), ao2_cleanup);
	size_t i;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop show statuses";
		e->usage = "Usage: callprop show statuses\n       Lists the statuses and what each grants.\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (a->argc != e->args) {
		return CLI_SHOWUSAGE;
	}
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->statuses); i++) {
		const struct status *status = (const struct status *) AST_VECTOR_GET(&configuration->statuses, i);

		ast_cli(a->fd, "%-20s %s\n", status->named.name, S_OR(status->granted_text, "(nothing)"));
	}
	return CLI_SUCCESS;
}

static char *cli_show_extensions(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, ao2_global_obj_ref(published), ao2_cleanup);
	size_t i;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop show extensions";
		e->usage =
			"Usage: callprop show extensions\n       Lists the extensions, their statuses, and what those grant.\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (a->argc != e->args) {
		return CLI_SHOWUSAGE;
	}
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);
		const struct status *status = status_of(extension);

		ast_cli(a->fd, "%-12s %-20s %s\n", extension->named.name, status->named.name,
			S_OR(status->granted_text, "(nothing)"));
	}
	return CLI_SUCCESS;
}

static char *cli_set_status(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	RAII_VAR(struct configuration *, configuration, ao2_global_obj_ref(published), ao2_cleanup);
	enum change_result result;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop set status";
		e->usage = "Usage: callprop set status <extension> <status>\n       Changes the status of an extension.\n";
		return NULL;
	case CLI_GENERATE:
		if (a->pos == e->args) {
			complete_names(&configuration->extensions, a->word);
		} else if (a->pos == e->args + 1) {
			complete_names(&configuration->statuses, a->word);
		}
		return NULL;
	}
	if (a->argc != e->args + 2) {
		return CLI_SHOWUSAGE;
	}
	result = set_status(a->argv[e->args], a->argv[e->args + 1], "CLI");
	if (result != CHANGED) {
		ast_cli(a->fd, "Nothing is changed: %s\n", change_errors[result]);
		return CLI_FAILURE;
	}
	ast_cli(a->fd, "Extension %s has status %s\n", a->argv[e->args], a->argv[e->args + 1]);
	return CLI_SUCCESS;
}

static char *cli_explain(struct ast_cli_entry *e, int cmd, struct ast_cli_args *a)
{
	static const char *const callback[] = { "callback", NULL };
	RAII_VAR(struct configuration *, configuration, ao2_global_obj_ref(published), ao2_cleanup);
	char json[CP_EXPLAIN_MAX];
	const char *words[MAX_ARGUMENTS] = { NULL }, *wrong;
	struct question question;
	cp_error error;
	int i;

	switch (cmd) {
	case CLI_INIT:
		e->command = "callprop explain";
		e->usage = "Usage: callprop explain <extension> <src> <dst> <leg> [callback]\n"
				   "       Decides a call, and says why. src and dst are extension, external, queue\n"
				   "       or ivr; leg is src or dst.\n";
		return NULL;
	case CLI_GENERATE:
		if (a->pos == e->args) {
			complete_names(&configuration->extensions, a->word);
			return NULL;
		}
		return a->pos <= e->args + 2 ? ast_cli_complete(a->word, parties, a->n)
			: a->pos == e->args + 3  ? ast_cli_complete(a->word, legs, a->n)
			: a->pos == e->args + 4  ? ast_cli_complete(a->word, callback, a->n)
									 : NULL;
	}
	if (a->argc < e->args + 4 || a->argc > e->args + MAX_ARGUMENTS) {
		return CLI_SHOWUSAGE;
	}
	for (i = e->args; i < a->argc; i++) {
		words[i - e->args] = a->argv[i];
	}
	wrong = read_question(configuration, words, &question);
	if (!wrong && !explain(status_of(question.extension), &question.call, json, sizeof(json), &error)) {
		wrong = error.text;
	}
	ast_cli(a->fd, "%s\n", wrong ? wrong : json);
	return wrong ? CLI_FAILURE : CLI_SUCCESS;
}

static struct ast_cli_entry commands[] = {
	AST_CLI_DEFINE(cli_show_properties, "List the properties"),
	AST_CLI_DEFINE(cli_show_statuses, "List the statuses"),
	AST_CLI_DEFINE(cli_show_extensions, "List the extensions and their statuses"),
	AST_CLI_DEFINE(cli_set_status, "Change the status of an extension"),
	AST_CLI_DEFINE(cli_explain, "Decide a call, and say why"),
};

/* ---- AMI ------------------------------------------------------------------------------------------------------ */

static int ami_set_status(struct mansession *s, const struct message *m)
{
	enum change_result result = set_status(astman_get_header(m, "Extension"), astman_get_header(m, "Status"), "AMI");

	if (result != CHANGED) {
		astman_send_error(s, m, (char *) change_errors[result]);
	} else {
		astman_send_ack(s, m, "The status is set");
	}
	return 0;
}

/* ---- The module ----------------------------------------------------------------------------------------------- */

static int reload_module(void)
{
	struct change change = { .carry_out = change_configuration };

	return carry_out(&change) == CHANGED ? AST_MODULE_RELOAD_SUCCESS : AST_MODULE_RELOAD_ERROR;
}

static int unload_module(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(functions); i++) {
		ast_custom_function_unregister(&functions[i]);
	}
	ast_cli_unregister_multiple(commands, ARRAY_LEN(commands));
	ast_manager_unregister("CallpropSetStatus");
	dials = stasis_unsubscribe_and_join(dials);
	parked_calls = stasis_unsubscribe_and_join(parked_calls);
	transfers = stasis_unsubscribe_and_join(transfers);
	changes = ast_taskprocessor_unreference(changes);
	ao2_global_obj_release(published);
	return 0;
}

static int register_all(void)
{
	int result = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(functions); i++) {
		result |= ast_custom_function_register(&functions[i]);
	}
	result |= ast_cli_register_multiple(commands, ARRAY_LEN(commands));
	result |= ast_manager_register_xml("CallpropSetStatus", EVENT_FLAG_CALL, ami_set_status);
	dials = subscribe(ast_channel_topic_all(), ast_channel_dial_type(), dial_begun);
	parked_calls = subscribe(ast_parking_topic(), ast_parked_call_type(), parked_call);
	transfers = subscribe(ast_bridge_topic_all(), ast_attended_transfer_type(), attended_transfer);
	return result || !dials || !parked_calls || !transfers;
}

static int load_module(void)
{
	struct configuration *configuration = configuration_read();

	if (!configuration) {
		return AST_MODULE_LOAD_DECLINE;
	}
	ao2_global_obj_replace_unref(published, configuration);
	ao2_ref(configuration, -1);
	changes = ast_taskprocessor_get("callprop", TPS_REF_DEFAULT);
	if (!changes || register_all()) {
		unload_module();
		return AST_MODULE_LOAD_DECLINE;
	}
	return AST_MODULE_LOAD_SUCCESS;
}

AST_MODULE_INFO(ASTERISK_GPL_KEY, AST_MODFLAG_LOAD_ORDER, "Call decisions by the statuses of extensions",
	.support_level = AST_MODULE_SUPPORT_EXTENDED, .load = load_module, .unload = unload_module, .reload = reload_module,
	/* Before the channel drivers: whoever calls early is decided. */
	.load_pri = AST_MODPRI_CHANNEL_DEPEND, );
