/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who was sent on by a blind transfer
 */

#ifndef CALLPROP_SENT_H
#define CALLPROP_SENT_H

#include "calls.h"

#include "asterisk/stasis_bridges.h"

enum sender {
	/*! Nobody, or that is decided already, or he sent another, and goes on himself. */
	SENT_BY_NOBODY,
	SENT_BY_KNOWN,
	/*! There is a note, and Asterisk has not told whose. */
	SENT_BY_UNKNOWN,
};

/*!
 * \brief Looks for who has sent this channel on, and for whom nothing was decided since. The channel must not be locked
 *
 * It waits for Asterisk to tell of a transfer that is noted: some milliseconds, and two seconds at most.
 *
 * \param[out] name of his channel
 */
enum sender look_for_sender(struct ast_channel *chan, char name[CHANNEL_NAME_SIZE]);

/*! \brief Notes who is sent on by this transfer, and for whom it is over */
void note_blind_transfer(const struct ast_blind_transfer_message *transfer);

/*! \brief Who is connected anew, in this bridge: whatever was noted of transfers is over, and Asterisk has taken its own note away */
void note_arrived(struct ast_channel *chan, const char *bridge);

/*! \brief Has Asterisk told yet that this one has entered the bridge? \return 1 also when nothing is known of it */
int has_arrived(struct ast_channel *chan, const struct ast_bridge *bridge);

/*!
 * \brief Ends what this one has rung where it was sent, when it is in this bridge by the time that Asterisk tells so
 *
 * It has taken its note away by then, so that nothing was seen of the transfer when that rang: Page() puts who pages into a room at once. Had the
 * dialplan said anything there, it would have waited for this. What was rung before goes on: it was connected before, or an application rings it.
 * \param moment when he was sent
 */
void cut_off_unsaid(struct ast_channel *sent, const struct ast_bridge *bridge, struct timeval moment);

/*!
 * \brief Who sent a channel somewhere by a blind transfer calls whoever is connected with it there
 * \param sender NULL when he is outside
 */
int decide_sender(struct ast_channel *chan, enum end sender_end, struct extension *sender, uint8_t party);

/*! \brief Whose channel has this name; seen through a Local channel that leads to him */
enum end end_behind_name(struct configuration *configuration, const char *name, struct extension **extension);

#endif
