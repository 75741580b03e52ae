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

/*! \brief Goes on to what counts of this name, after the character that \a before points to, or at the beginning where it is NULL */
static const char *counting(const struct table *table, const char *name, const char *before)
{
	const char *from = before ? before + 1 : name;

	if (table->of_numbers && !memchr(name, '@', from - name)) {
		from += strspn(from, "-");
	}
	return from;
}

static uint32_t hash_of(const struct table *table, const char *name)
{
	const char *at = NULL;
	uint32_t hash = 5381;

	while (*(at = counting(table, name, at))) {
		hash = hash * 33 ^ (unsigned char) *at;
	}
	/* Numbers that follow each other have hashes that do: multiplied, they are far from each other. */
	return hash * 2654435769u >> 7;
}

/*! \param may_be_beginning a * at the end of \a entry stands for anything */
static int is_named(const struct table *table, const struct named *entry, const char *name, int may_be_beginning)
{
	const char *own = NULL, *other = NULL;

	do {
		own = counting(table, entry->name, own);
		other = counting(table, name, other);
		if (may_be_beginning && *own == '*' && !own[1]) {
			return 1;
		}
	} while (*own && *own == *other);
	return *own == *other;
}

/*! \brief The slot in which the entry of that name is, or belongs. There is always an empty one */
static struct named **slot_of(const struct table *table, const char *name)
{
	size_t mask = table->slots - 1, i = hash_of(table, name) & mask;

	while (table->index[i] && !is_named(table, table->index[i], name, 0)) {
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
	struct table larger = { .of_numbers = table->of_numbers, .slots = table->slots ? 2 * table->slots : 8 };
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

		if (length > longest && is_named(table, entry, name, 1)) {
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
