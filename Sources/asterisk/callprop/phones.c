/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who is at which phone: the extension of the file, whoever logged in there since, or nobody
 *
 * A phone has one extension at a time, and an extension any number of phones. A phone and whoever is at it are of one client.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/astdb.h"
#include "asterisk/lock.h"
#include "asterisk/strings.h"

/*! The family of AstDB that keeps who logged in where. */
#define DB_FAMILY "callprop_phones"

/*! Held while somebody logs in or out. Taken after the lock of statuses, and no other lock of this module while it is held. */
AST_MUTEX_DEFINE_STATIC(logins);

void phones_lock(void)
{
	ast_mutex_lock(&logins);
}

void phones_unlock(void)
{
	ast_mutex_unlock(&logins);
}

struct extension *extension_at(struct interface *interface)
{
	return __atomic_load_n(&interface->extension, __ATOMIC_ACQUIRE);
}

/*! \brief Counts one phone more, or less, at which the extension is and which is not its own */
static void count_elsewhere(const struct interface *interface, struct extension *extension, int change)
{
	if (extension && extension != interface->of_file) {
		__atomic_add_fetch(&extension->elsewhere, change, __ATOMIC_ACQ_REL);
	}
}

/*! \brief From here on the extension is there, or nobody. In the order in which a phone is found at two extensions rather than at none */
static void put_at(struct interface *interface, struct extension *extension, int at_run_time)
{
	struct extension *before = extension_at(interface);

	count_elsewhere(interface, extension, 1);
	__atomic_store_n(&interface->extension, extension, __ATOMIC_RELEASE);
	__atomic_store_n(&interface->at_run_time, at_run_time, __ATOMIC_RELEASE);
	count_elsewhere(interface, before, -1);
}

static const char *name_or_empty(const struct extension *extension)
{
	return extension ? extension->named.name : "";
}

static void raise_phone(
	const struct interface *interface, const struct extension *extension, const char *before, const char *by)
{
	raise_extension_event("CallpropPhone",
		(const struct event_field[]){
			{ "Phone", interface->named.name },
			{ "Client", interface->client->named.name },
			{ "Extension", name_or_empty(extension) },
			{ "PreviousExtension", before },
			{ "By", by },
			{ NULL, NULL },
		});
}

/*! \brief Puts somebody at a phone, and tells it */
static void change(struct interface *interface, struct extension *extension, int at_run_time, const char *by)
{
	const struct extension *before = extension_at(interface);

	put_at(interface, extension, at_run_time);
	if (before != extension) {
		raise_phone(interface, extension, name_or_empty(before), by);
	}
}

/*! \return the extension of that name; without a client in it, the one of this client */
static struct extension *extension_for(
	struct configuration *configuration, const struct client *client, const char *name)
{
	return strchr(name, '@') ? table_find(&configuration->extensions, name) : extension_of(configuration, client, name);
}

enum login_result login_phone(const char *phone, const char *extension_name, const char *by)
{
	SCOPED_MUTEX(lock, &logins);
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct interface *interface = table_find(&configuration->interfaces, phone);
	struct extension *extension;

	if (!interface) {
		return NO_PHONE;
	}
	if (!(extension = extension_for(configuration, interface->client, extension_name))) {
		return NO_SUCH_EXTENSION;
	}
	if (extension->client != interface->client) {
		return OTHER_CLIENT;
	}
	if (ast_db_put(DB_FAMILY, interface->named.name, extension->named.name)) {
		return NOT_STORED;
	}
	change(interface, extension, 1, by);
	return LOGGED;
}

enum login_result logout_phone(const char *phone, const char *by)
{
	SCOPED_MUTEX(lock, &logins);
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct interface *interface = table_find(&configuration->interfaces, phone);
	char *kept;

	if (!interface) {
		return NO_PHONE;
	}
	ast_db_del(DB_FAMILY, interface->named.name);
	/* That also fails where there is nothing to delete. What counts is that nothing is left for the next start. */
	if (!ast_db_get_allocated(DB_FAMILY, interface->named.name, &kept)) {
		ast_free(kept);
		return NOT_STORED;
	}
	if (!database_answers()) {
		return NOT_STORED;
	}
	change(interface, interface->of_file, 0, by);
	return LOGGED;
}

/*! \brief Puts one who was logged in at his phone again. When he is not there any more, it is nobody's rather than another's */
static void restore_phone(struct configuration *configuration, const char *phone, const char *name)
{
	struct interface *interface = table_find(&configuration->interfaces, phone);
	struct extension *extension = table_find(&configuration->extensions, name);

	if (!interface) {
		return;
	}
	if (extension && extension->client != interface->client) {
		extension = NULL;
	}
	if (!extension) {
		ast_log(LOG_WARNING,
			"Phone %s: extension %s is logged in, which %s does not have in the phone's client: nobody is there. "
			"callprop logout ends that\n",
			interface->named.name, name, CONFIG_FILE);
		configuration->warnings++;
	}
	put_at(interface, extension, 1);
}

void restore_phones(struct configuration *configuration)
{
	struct ast_db_entry *kept = ast_db_gettree(DB_FAMILY, NULL), *entry;

	for (entry = kept; entry; entry = entry->next) {
		/* The key is /callprop_phones/PJSIP/102 */
		restore_phone(configuration, entry->key + strlen("/" DB_FAMILY "/"), entry->data);
	}
	ast_db_freetree(kept);
}

void raise_phone_differences(struct configuration *before, struct configuration *after)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&after->interfaces); i++) {
		struct interface *interface = (struct interface *) AST_VECTOR_GET(&after->interfaces, i);
		struct interface *old = table_find(&before->interfaces, interface->named.name);
		const char *was = old ? name_or_empty(extension_at(old)) : "";

		/* Of a phone that is new there is nothing to tell, unless somebody is there whom the file does not say. */
		if ((old || interface->at_run_time) && strcmp(was, name_or_empty(extension_at(interface)))) {
			raise_phone(interface, extension_at(interface), was, "reload");
		}
	}
}

/*! \brief Appends a device to those that Dial() is to ring */
static int append(struct ast_str **phones, const struct interface *interface)
{
	return ast_str_append(phones, 0, "%s%s", ast_str_strlen(*phones) ? "&" : "", interface->named.name) < 0 ? -1 : 0;
}

int phones_of(struct configuration *configuration, struct extension *extension, struct ast_str **phones)
{
	struct interface *interface;
	size_t i;
	int result = 0;

	for (interface = extension->first; interface; interface = interface->next) {
		if (extension_at(interface) == extension) {
			result |= append(phones, interface);
		}
	}
	if (!__atomic_load_n(&extension->elsewhere, __ATOMIC_ACQUIRE)) {
		return result;
	}
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->interfaces); i++) {
		interface = (struct interface *) AST_VECTOR_GET(&configuration->interfaces, i);
		if (interface->of_file != extension && extension_at(interface) == extension) {
			result |= append(phones, interface);
		}
	}
	return result;
}
