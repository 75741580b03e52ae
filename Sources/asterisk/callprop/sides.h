/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The two who are connected: who they are, and in which calls
 */

#ifndef CALLPROP_SIDES_H
#define CALLPROP_SIDES_H

/*! One of the two who are connected. */
struct side {
	struct ast_channel *chan;
	char name[AST_CHANNEL_NAME];
	enum end end;
	/*! NULL when it is no extension's. */
	struct extension *extension;
	struct facts facts;
};

void look_at(struct configuration *configuration, struct ast_channel *chan, struct side *side);

int is_extension(const struct side *side, const char *number);

/*! \brief Was the channel rung, and is another at it since? That is how a call is picked up. */
int took_place(const struct side *side);

/*! \brief Is still there whom the facts are about? */
int is_in_place(const struct side *side);

/*! \brief Does this one make a call, and is still there? */
int is_caller(const struct side *side);

/*!
 * \brief Did somebody outside put this extension in his own place, in the call that he made?
 *
 * He has no right by which it would be permitted, so that the extension is asked, whatever else is known of that call.
 */
int was_put_through_from_outside(const struct side *side);

/*!
 * \brief Is this an extension whose call is one with somebody inside, for which it was asked already?
 *
 * Whoever connects it with somebody else inside changes nothing for it.
 */
int has_inside_call(const struct side *side);

/*! \brief Of two extensions, the one that does not take the call: is it asked too, since no call with somebody inside was permitted to it? */
int is_asked_too(const struct side *side, const struct side *taker);

/*! \brief The extension by whose right this number outside was rung, or the empty text */
const char *rung_by(const struct side *side);

/*!
 * \brief Is this an extension that a transfer connects with outside, and not by whose right that was rung?
 *
 * Whoever was put through there himself has no right to pass on, so that the extension is asked.
 */
int is_put_outside(const struct side *side, const struct side *outside);

/*! \brief Did the PBX ring this number outside of its own accord, and for nobody? */
int was_rung_for_nobody(const struct side *side);

/*! \brief Is this a channel by which Asterisk itself speaks, listens or records? It is nobody */
int is_helper(const struct side *side);

#endif
