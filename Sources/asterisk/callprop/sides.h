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
	char name[CHANNEL_NAME_SIZE];
	enum end end;
	/*! NULL when it is no extension's, or one of another client than that of the call: he is outside. */
	struct extension *extension;
	/*! The same, when he is of another client; otherwise NULL. */
	struct extension *visitor;
	/*! The client in which the call is; NULL when it is not there any more. */
	struct client *client;
	/*! It has not answered. */
	int rings;
	struct facts facts;
};

void look_at(struct configuration *configuration, struct ast_channel *chan, struct side *side);

/*! \return whose phone it is, also when he is outside in this call; NULL when it is no extension's */
struct extension *who_is_at(const struct side *side);

/*! \brief Are these two extensions of one client? Each may be in a call of another's: connected, it is a call inside all the same */
int are_colleagues(const struct side *one, const struct side *two);

/*! \brief The client in which this channel is connected with the other: that of the two when they are colleagues, or else of its call */
struct client *client_of_connection(
	struct configuration *configuration, struct ast_channel *chan, struct ast_channel *other);

/*! \return 1 when the extension of that whole name is there, and is none from outside */
int is_extension(const struct side *side, const char *name);

/*! \brief Was the channel rung, and is another at it since? That is how a call is picked up. */
int took_place(const struct side *side);

/*! \brief Is still there whom the facts are about? */
int is_in_place(const struct side *side);

/*! \brief Does this one make a call, and is still there? */
int is_caller(const struct side *side);

/*! \brief Did the call of this one begin after that of the other? Numbers may begin again */
int began_later(const struct side *side, const struct side *other);

/*!
 * \brief Did somebody outside put this extension in his own place, in the call that he made?
 *
 * He has no right by which it would be permitted, so that the extension is asked, whatever else is known of that call. Whoever is of another
 * client is outside, too.
 */
int was_put_through_from_outside(const struct side *side);

/*!
 * \brief Is this an extension whose call is one with somebody inside, for which it was asked already?
 *
 * Whoever connects it with somebody else inside changes nothing for it.
 */
int has_inside_call(const struct side *side);

/*! \brief Did the PBX ring this number outside of its own accord, and for nobody? */
int was_rung_for_nobody(const struct side *side);

/*! \brief Is this the number outside that was rung because an emergency number was dialled? Nobody is asked whether he may speak with it */
int is_emergency_line(const struct side *side);

/*! \brief Is this a channel by which Asterisk itself speaks, listens or records? It is nobody */
int is_helper(const struct side *side);

/*! \brief Are both calls in the same client? What is rung for nobody, by a trunk that is everybody's, is in none yet */
int are_of_one_client(struct configuration *configuration, const struct side *one, const struct side *two);

#endif
