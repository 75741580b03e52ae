/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who is in a bridge, and who is there behind a Local channel
 */

#ifndef CALLPROP_BEHIND_H
#define CALLPROP_BEHIND_H

/*! \brief In a conference room it does not count who else is in it, but for the client */
int is_room(const char *creator);

/*! \brief Whoever is on hold is connected with nobody */
int connects(const char *creator, const char *technology);

/*! \return the bridge that the channel is in, with a reference; NULL when it is in none */
struct ast_bridge *bridge_of(struct ast_channel *chan);

/*! \return who is in the bridge now; NULL when there is none, or nobody is connected by it */
struct ao2_container *members_of(struct ast_bridge *bridge);

/*! Everybody who is connected by a channel: itself, or whoever is in the bridges behind a Local channel. */
struct ends {
	struct ao2_container *speaking;
	/*! Those of them who are behind a conference room. */
	struct ao2_container *in_rooms;
	/*! The bridges that were looked at, so that each is looked at once. */
	struct ao2_container *bridges;
	/*! A Local channel leads back to a bridge that was looked at. */
	int leads_back;
	/*! Local channels lead on and on. */
	int too_long;
};

/*!
 * \brief Finds them; free_ends() is for them, whatever it returns
 * \return 1, or 0 when there is nobody but a circle of Local channels, too many of them, or no memory
 */
int find_ends(struct ast_channel *chan, struct ends *ends);
void free_ends(struct ends *ends);

#endif
