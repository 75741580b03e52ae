/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What callprop.conf says, in the form in which decisions look it up
 *
 * It is never changed once it is published; a reload publishes another one. The one thing that changes in it is which of
 * its statuses an extension has, a pointer that is stored atomically. A decision therefore takes no lock of this module.
 */

#include "asterisk.h"

#include "private.h"

static AO2_GLOBAL_OBJ_STATIC(published);

static int compare_named(const void *left, const void *right)
{
	const struct named *const *a = left, *const *b = right;

	return strcmp((*a)->name, (*b)->name);
}

#define ORDER(a, b) strcmp((a)->name, (b)->name)

void *table_find(struct table *table, const char *name)
{
	struct named key = { name }, *wanted = &key, **found = NULL;

	if (AST_VECTOR_SIZE(table)) {
		found = bsearch(&wanted, AST_VECTOR_GET_ADDR(table, 0), AST_VECTOR_SIZE(table), sizeof(wanted), compare_named);
	}
	return found ? *found : NULL;
}

void *table_add(struct table *table, const char *name, size_t size)
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

int table_matches(const struct table *table, const char *name)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(table); i++) {
		const char *pattern = AST_VECTOR_GET(table, i)->name;
		size_t length = strlen(pattern);

		if (pattern[length - 1] == '*' ? !strncmp(pattern, name, length - 1) : !strcmp(pattern, name)) {
			return 1;
		}
	}
	return 0;
}

static void table_destroy(struct table *table)
{
	AST_VECTOR_CALLBACK_VOID(table, ast_free);
	AST_VECTOR_FREE(table);
}

static void configuration_destroy(void *object)
{
	struct configuration *configuration = object;

	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->may_set); i++) {
		table_destroy(&((struct may_set *) AST_VECTOR_GET(&configuration->may_set, i))->whose);
	}
	table_destroy(&configuration->may_set);
	table_destroy(&configuration->codes);
	table_destroy(&configuration->status_ids);
	ast_free(configuration->history);
	table_destroy(&configuration->statuses);
	table_destroy(&configuration->extensions);
	table_destroy(&configuration->interfaces);
	table_destroy(&configuration->numbers);
	table_destroy(&configuration->trunks);
	table_destroy(&configuration->unknown_statuses);
	table_destroy(&configuration->emergency_numbers);
	table_destroy(&configuration->transit);
}

struct configuration *configuration_alloc(void)
{
	return ao2_alloc_options(sizeof(struct configuration), configuration_destroy, AO2_ALLOC_OPT_LOCK_NOLOCK);
}

struct status *status_of(struct extension *extension)
{
	return __atomic_load_n(&extension->status, __ATOMIC_ACQUIRE);
}

int is_emergency(struct configuration *configuration, const char *number)
{
	return table_find(&configuration->emergency_numbers, number) != NULL;
}

int is_service(struct configuration *configuration, const char *name)
{
	struct number *number = table_find(&configuration->numbers, name);

	return number && number->service;
}

uint8_t party_of_number(struct configuration *configuration, const char *name)
{
	struct number *number = table_find(&configuration->numbers, name);

	if (number) {
		return number->party;
	}
	return table_find(&configuration->extensions, name) ? CP_EXTENSION : CP_EXTERNAL;
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
