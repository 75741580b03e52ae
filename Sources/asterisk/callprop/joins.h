/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who makes one call of two: by whose right are the two connected?
 */

#ifndef CALLPROP_JOINS_H
#define CALLPROP_JOINS_H

#include "sides.h"

/*! \brief The extension by whose right this number outside was rung, or the empty text */
const char *rung_by(const struct side *side);

/*!
 * \brief Did an extension put this one in its own place, in the call that it makes to a number outside?
 *
 * It was asked for that number, and who comes in its place is not, as with any transfer. By its keys, or out of a queue, it is the number that
 * comes to the call of the other; so it is with a phone of another client. What is parked, given to an agent, or sent there is taken, and not put through.
 */
int was_put_through(
	struct configuration *configuration, const struct side *one, const struct side *two, int in_place_of_another);

/*! \brief Did this extension call the one, and has nobody else been connected with it since, but for the other? */
int was_called_by(const struct extension *by, const struct side *side, const struct side *other);

/*! \return the extension that was connected with the one and with the other, and makes one call of its two; NULL when there is none */
struct extension *joiner_of(struct configuration *configuration, const struct side *one, const struct side *two);

/*!
 * \brief Of two extensions, the one that does not take the call: is it asked too?
 *
 * Of one client: when no call with somebody inside was permitted to it. Of two clients each is outside for the other: unless somebody puts
 * it through who may call outside, as he may put it through to any number there.
 *
 * \param is_put_through it is connected in the place of who connects the two
 */
int is_asked_too(
	struct configuration *configuration, const struct side *side, const struct side *taker, int is_put_through);

/*!
 * \brief The same, when a transfer connects them; also the extension that it connects with outside, without a right to
 * \param by who is at the phone that transfers; NULL when that is unknown, or outside
 */
int are_both_asked(
	struct configuration *configuration, struct extension *by, const struct side *side, const struct side *taker);

/*! \brief Is this an extension of his own client, also when it is in a call of another's? */
int is_inside_for(const struct extension *extension, const struct side *side);

/*! \brief Whoever makes one call of two, and for whom both are outside, connects outside with outside */
int decide_joiner(struct extension *joiner, const struct side *one, const struct side *two);

/*! \brief The same, where an extension is: it may be outside for who connects the two, because that is another client's */
int decide_joiner_elsewhere(struct configuration *configuration, const struct side *one, const struct side *two);

/*!
 * \brief The same, for who is at the phone that transfers: another may have come there since the two calls were made
 *
 * Nothing is asked of whoever had the two calls: that is decided by decide_joiner() already. Who had not, sends the one to the other.
 *
 * \param by who is there; NULL when that is unknown, or outside
 */
int decide_transferer(
	struct configuration *configuration, struct extension *by, const struct side *sent, const struct side *reached);

/*! \brief Notes who was connected with whom last. Numbers outside have no name */
void note_with(const struct side *side, const struct side *other);

/*! \brief Notes that these two are connected, which somebody else's right permitted, or the one's own to call the other */
void note_joined(const struct side *one, const struct side *two);

/*! \brief These two are connected: whichever is an extension, and is so with outside, has no call inside any more */
void note_inside_over(const struct side *one, const struct side *two);

#endif
