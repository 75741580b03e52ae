/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Two who are connected
 */

#ifndef CALLPROP_CONNECTED_H
#define CALLPROP_CONNECTED_H

#include "calls.h"

/*! How two are connected. */
struct meeting {
	/*! The one that has come last is there instead of one that was there. */
	int in_place_of_another;
	/*!
	 * The client in which they meet, when one of them is behind a Local channel that is in it: what was dialled there has led him to it. NULL:
	 * their own calls say in which client they are.
	 */
	const struct client *client;
};

/*! Another has come in the place of one of them, by the calls of the two. */
extern const struct meeting in_its_place;

/*!
 * \brief Decides for whoever takes a call that did not ring him, once he is connected
 * \param entered the channel that has come to the other last
 */
void decide_connected(struct configuration *configuration, struct ast_channel *entered, struct ast_channel *other,
	const struct meeting *meeting);

/*! \brief The same, for who has come in the place of another in a call that rings this phone, or number outside: before it answers */
void decide_rung(struct configuration *configuration, struct ast_channel *caller, struct ast_channel *rung,
	const struct meeting *meeting);

/*! \return CP_EXTENSION, CP_QUEUE or CP_IVR: how whoever takes a call of the other would have been rung by it */
uint8_t what_led_to(struct configuration *configuration, struct ast_channel *taker, struct ast_channel *other);

/*! \brief A room of ConfBridge is of the client whose calls are in it: whoever enters it from another is cut off */
void decide_room(struct configuration *configuration, struct ast_channel *entered, struct ast_channel *other,
	const struct meeting *meeting);

#endif
