/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief May who speaks be heard by a call in which he is not?
 */

#ifndef CALLPROP_HEARD_H
#define CALLPROP_HEARD_H

/*! \brief Is this the name of a channel by which ARI listens in? */
int is_snoop(const char *name);

/*! \return who is in the bridge of this channel, and the channel itself; NULL when it is in none, or on hold */
struct ao2_container *members_with(struct ast_channel *chan);

/*!
 * \brief Decides for who speaks to a channel
 * \param by ends when it is denied: what listens in for him
 * \param barges he is heard by the other end of that call, too
 */
void decide_speaker(struct configuration *configuration, struct ast_channel *by, struct ast_channel *speaker,
	struct ast_channel *heard, int barges);

#endif
