/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Ends what was denied after it was connected
 *
 * Once, and it is noted: Asterisk tells of the same connection more than once, and whoever is ended is in it for a moment more.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"

int cut_off(struct ast_channel *chan)
{
	struct facts *facts;
	int first = 1;

	ast_channel_lock(chan);
	if ((facts = facts_made(chan))) {
		first = !facts->cut;
		facts->cut = 1;
	}
	ast_channel_unlock(chan);
	if (first) {
		reject(chan);
	}
	return first;
}

int is_cut_off(struct ast_channel *chan)
{
	struct facts facts;

	return facts_get(chan, &facts) && facts.cut;
}
