/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What callprop.conf says, in the form in which decisions look it up
 *
 * It is never changed once it is published; a reload publishes another one. What changes in it is which of its statuses an
 * extension has, and which extension is at a phone: pointers that are stored atomically. A decision therefore takes no lock of this
 * module.
 */

#include "asterisk.h"

#include "private.h"

static AO2_GLOBAL_OBJ_STATIC(published);

static void client_destroy(struct client *client)
{
	table_destroy(&client->statuses);
	table_destroy(&client->status_ids);
	table_destroy(&client->codes);
	table_destroy(&client->emergency_numbers);
	table_destroy(&client->transit);
	ast_free(client->default_name);
	ast_free(client->device_prefix);
	ast_free(client->device_suffix);
}

static void configuration_destroy(void *object)
{
	struct configuration *configuration = object;
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->may_set); i++) {
		table_destroy(&((struct may_set *) AST_VECTOR_GET(&configuration->may_set, i))->whose);
	}
	table_destroy(&configuration->may_set);
	ast_free(configuration->history);
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->clients); i++) {
		client_destroy((struct client *) AST_VECTOR_GET(&configuration->clients, i));
	}
	table_destroy(&configuration->clients);
	table_destroy(&configuration->extensions);
	table_destroy(&configuration->interfaces);
	table_destroy(&configuration->numbers);
	table_destroy(&configuration->trunks);
	table_destroy(&configuration->trunk_patterns);
	table_destroy(&configuration->unknown_statuses);
}

struct configuration *configuration_alloc(void)
{
	struct configuration *configuration =
		ao2_alloc_options(sizeof(*configuration), configuration_destroy, AO2_ALLOC_OPT_LOCK_NOLOCK);

	if (configuration && !(configuration->nameless = client_made(configuration, ""))) {
		ao2_ref(configuration, -1);
		return NULL;
	}
	if (configuration) {
		configuration->extensions.of_numbers = configuration->numbers.of_numbers = 1;
	}
	return configuration;
}

struct status *status_of(struct extension *extension)
{
	return __atomic_load_n(&extension->status, __ATOMIC_ACQUIRE);
}

struct configuration *configuration_ref(void)
{
	return ao2_global_obj_ref(published);
}

void configuration_publish(struct configuration *configuration)
{
	ao2_global_obj_replace_unref(published, configuration);
}

void configuration_withdraw(void)
{
	ao2_global_obj_release(published);
}
