/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The two who are connected: who they are, and in which calls
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "sides.h"

void look_at(struct configuration *configuration, struct ast_channel *chan, struct side *side)
{
	side->chan = chan;
	name_of(chan, side->name);
	side->end = end_of_name(configuration, side->name, &side->extension);
	facts_get(chan, &side->facts);
}

int is_extension(const struct side *side, const char *number)
{
	return side->extension && !strcmp(side->extension->named.name, number);
}

int took_place(const struct side *side)
{
	return side->facts.rung[0] && !is_extension(side, side->facts.rung);
}

int is_in_place(const struct side *side)
{
	if (!side->extension) {
		return side->facts.inherited ? side->facts.ringing && !side->facts.rung[0] : !side->facts.caller[0];
	}
	return is_extension(side, side->facts.inherited ? side->facts.rung : side->facts.caller);
}

int is_caller(const struct side *side)
{
	return side->facts.id && !side->facts.inherited && is_in_place(side);
}

int was_put_through_from_outside(const struct side *side)
{
	return side->extension && side->facts.put_through && !side->facts.with[0];
}

int has_inside_call(const struct side *side)
{
	const cp_call *call = &side->facts.call;

	if (!side->extension || !side->facts.id || !is_in_place(side) || was_put_through_from_outside(side)) {
		return 0;
	}
	if (side->facts.inherited && call->leg == CP_LEG_DST) {
		return call->src != CP_EXTERNAL;
	}
	return call->dst != CP_EXTERNAL && !side->facts.dst_unknown;
}

int is_asked_too(const struct side *side, const struct side *taker)
{
	return side->extension && taker->extension && !has_inside_call(side);
}

const char *rung_by(const struct side *side)
{
	return !side->extension && side->facts.ringing && is_in_place(side) ? side->facts.maker : "";
}

int is_put_outside(const struct side *side, const struct side *outside)
{
	return side->extension && !outside->extension && !outside->facts.for_emergency
		&& (!*rung_by(outside) || strcmp(side->facts.with, rung_by(outside)));
}

int was_rung_for_nobody(const struct side *side)
{
	return side->end == END_TRUNK && !side->facts.id && was_dialled(side->chan);
}

int is_helper(const struct side *side)
{
	static const char *const helpers[] = { "Announcer/", "Recorder/", "Snoop/", "CBAnn/", "CBRec/", "Surrogate/",
		"Message/" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(helpers); i++) {
		if (!strncmp(side->name, helpers[i], strlen(helpers[i]))) {
			return 1;
		}
	}
	return 0;
}
