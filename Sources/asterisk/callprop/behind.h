/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who is in a bridge, and who is there behind a Local channel
 */

#ifndef CALLPROP_BEHIND_H
#define CALLPROP_BEHIND_H

#include "asterisk/vector.h"

/*! \brief In a conference room it does not count who else is in it, but for the client */
int is_room(const char *creator);

/*! \brief Whoever is on hold is connected with nobody */
int connects(const char *creator, const char *technology);

/*! \return the bridge that the channel is in, with a reference; NULL when it is in none */
struct ast_bridge *bridge_of(struct ast_channel *chan);

/*! \brief Is this channel in that bridge? */
int is_in_bridge(struct ast_channel *chan, const struct ast_bridge *bridge);

/*! \return who is in the bridge now; NULL when there is none, or nobody is connected by it */
struct ao2_container *members_of(struct ast_bridge *bridge);

/*! \return who waits in the bridge, or speaks there to those who wait; NULL when there is none, or it is none on hold */
struct ao2_container *waiting_in(struct ast_bridge *bridge);

/*! Channels, or bridges, each with a reference. */
AST_VECTOR(channels, struct ast_channel *);
AST_VECTOR(bridges, struct ast_bridge *);

void free_channels(struct channels *channels);

/*! Everybody who is connected by a channel: itself, or whoever is in the bridges behind a Local channel. */
struct ends {
	struct channels speaking;
	/*! Those of them who are behind a conference room. */
	struct channels in_rooms;
	/*! The halves of Local channels on the way, such as one that runs the dialplan, behind which nobody is. */
	struct channels halves;
	/*! Phones, and numbers outside, that have not answered. */
	struct channels ringing;
	/*! The bridges that were looked at, so that each is looked at once. */
	struct bridges seen;
	/*! A Local channel leads back to a bridge that was looked at. */
	int leads_back;
	/*! Local channels lead on and on, or there is no memory. */
	int failed;
};

/*!
 * \brief Finds them; free_ends() is for them, whatever it returns
 * \return 1, or 0 when there is nobody but a circle of Local channels, too many of them, or no memory
 */
int find_ends(struct ast_channel *chan, struct ends *ends);
void free_ends(struct ends *ends);

/*! \brief Notes that another may be behind the Local channels that were looked through: what they ring from now on is looked at again */
void note_moved(const struct ends *ends);

/*! \brief Finds what this channel rings, which is in no bridge; free_ends() is for them */
void find_ringing(struct ast_channel *chan, struct ends *ends);

/*! \return the channel that has created the one with these facts, whoever is there by now, with a reference; NULL when it is gone, or had no facts */
struct ast_channel *who_rings(const struct facts *facts);

#endif
