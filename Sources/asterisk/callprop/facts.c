/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The facts of a call, on its channels
 *
 * Asterisk copies them to the channels that a channel creates for the call.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/module.h"
#include "asterisk/utils.h"

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

int facts_get(struct ast_channel *chan, struct facts *facts)
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

int facts_set(struct ast_channel *chan, const struct facts *facts)
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
