/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who calls whom: finds the facts of a call from what Asterisk knows of its channels
 *
 * Here is most of the risk. Whatever is found wrong here is decided wrong, and looks right everywhere else.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

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
		facts->emergency = is_emergency(configuration, to);
	} else {
		facts->dst_unknown = 1;
	}
	second = *facts;
	second.call.leg = CP_LEG_DST;
	second.dst_unknown = 0;
	second.emergency = 0;
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
static int find_local_facts(struct configuration *configuration, struct ast_channel *chan, struct ast_channel *half,
	const char *number, uint8_t party, struct facts *facts)
{
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

int find_facts(struct configuration *configuration, struct ast_channel *chan, struct ast_channel *half,
	const char *number, uint8_t party, struct facts *facts)
{
	struct extension *extension;

	switch (end_of(configuration, chan, &extension)) {
	case END_LOCAL:
		return find_local_facts(configuration, chan, half, number, party, facts);
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

int find_maker(struct configuration *configuration, struct ast_channel *chan, const struct facts *facts,
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
