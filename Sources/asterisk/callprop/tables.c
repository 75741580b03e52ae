/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Tables of what has a name
 *
 * An entry is found by the hash of its name, also while the table grows: a file may name 20,000 extensions in any order.
 */

#include "asterisk.h"

#include "private.h"

/*! \brief The slot in which the entry of that name is, or belongs. There is always an empty one */
static struct named **slot_of(const struct table *table, const char *name)
{
	/* Numbers that follow each other have hashes that do: multiplied, they are far from each other. */
	size_t mask = table->slots - 1, i = ((uint32_t) ast_str_hash(name) * 2654435769u >> 7) & mask;

	while (table->index[i] && strcmp(table->index[i]->name, name)) {
		i = (i + 1) & mask;
	}
	return &table->index[i];
}

void *table_find(const struct table *table, const char *name)
{
	return table->slots ? *slot_of(table, name) : NULL;
}

/*! \brief Makes room for one more in the index, of which at most half is used. \return 0, or -1 without memory */
static int grow(struct table *table)
{
	struct table larger = { .slots = table->slots ? 2 * table->slots : 8 };
	size_t i;

	if (2 * (AST_VECTOR_SIZE(table) + 1) <= table->slots) {
		return 0;
	}
	if (!(larger.index = ast_calloc(larger.slots, sizeof(*larger.index)))) {
		return -1;
	}
	for (i = 0; i < AST_VECTOR_SIZE(table); i++) {
		struct named *entry = AST_VECTOR_GET(table, i);

		*slot_of(&larger, entry->name) = entry;
	}
	ast_free(table->index);
	table->index = larger.index;
	table->slots = larger.slots;
	return 0;
}

void *table_add(struct table *table, const char *name, size_t size)
{
	struct named *entry;

	if (table_find(table, name) || grow(table) || !(entry = ast_calloc(1, size + strlen(name) + 1))) {
		return NULL;
	}
	entry->name = strcpy((char *) entry + size, name); /* Safe */
	if (AST_VECTOR_APPEND(table, entry)) {
		ast_free(entry);
		return NULL;
	}
	*slot_of(table, name) = entry;
	return entry;
}

static int compare_named(const void *left, const void *right)
{
	const struct named *const *a = left, *const *b = right;

	return strcmp((*a)->name, (*b)->name);
}

void table_sort(struct table *table)
{
	if (AST_VECTOR_SIZE(table)) {
		qsort(AST_VECTOR_GET_ADDR(table, 0), AST_VECTOR_SIZE(table), sizeof(struct named *), compare_named);
	}
}

void *table_match(const struct table *table, const char *name)
{
	struct named *best = NULL;
	size_t i, longest = 0;

	for (i = 0; i < AST_VECTOR_SIZE(table); i++) {
		struct named *entry = AST_VECTOR_GET(table, i);
		size_t length = strlen(entry->name);

		if (length > longest
			&& (entry->name[length - 1] == '*' ? !strncmp(entry->name, name, length - 1)
											   : !strcmp(entry->name, name))) {
			best = entry;
			longest = length;
		}
	}
	return best;
}

void table_destroy(struct table *table)
{
	AST_VECTOR_CALLBACK_VOID(table, ast_free);
	AST_VECTOR_FREE(table);
	ast_free(table->index);
	table->index = NULL;
	table->slots = 0;
}
