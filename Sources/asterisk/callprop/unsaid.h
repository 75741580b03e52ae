/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What a dialplan rings that has said nothing of the call which somebody sends there
 *
 * The facts of what it rings are of the call before, by which that would be permitted, or not.
 */

#ifndef CALLPROP_UNSAID_H
#define CALLPROP_UNSAID_H

/*!
 * \brief Does the one that rings this channel make another call than its facts are of?
 *
 * Asked when Asterisk tells that it rings, which may be after it has answered.
 *
 * \param caller who rings it; NULL when he is gone, or not known
 */
int is_unsaid(struct configuration *configuration, struct ast_channel *caller, struct ast_channel *rung,
	const struct facts *of_rung);

/*!
 * \brief The same, asked before it rings: by the pre-dial handler
 *
 * By the time that Asterisk tells of it, a Local channel may be gone, and with it who sent the call there.
 */
int will_ring_unsaid(struct configuration *configuration, struct ast_channel *chan);

#endif
