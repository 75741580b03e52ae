/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The facts of a call
 *
 * Included by calls.h: the first of the parts that decide about channels.
 */

#ifndef CALLPROP_FACTS_H
#define CALLPROP_FACTS_H

#include "asterisk/uuid.h"

/* ---- facts.c: the facts of a call, on its channels ------------------------------------------------------------ */

/*! Ways in which somebody else sends a call to where it goes. */
enum diversion {
	BLIND_TRANSFER,
	FORWARD,
	CONSULTATION,
	DIVERSIONS,
};

/*! An emergency number lets through what is rung for it. Each channel on the way is let through by itself. */
enum emergency {
	NO_EMERGENCY,
	/*! It was dialled last here. */
	EMERGENCY_DIALLED,
	/*! It was dialled on the channel that created this one. */
	EMERGENCY_OFFERED,
	/*! That was looked at, and this Local channel leads on to the emergency. */
	EMERGENCY_PASSED,
};

enum untold {
	UNTOLD_NOTHING,
	/*! A phone that is no party of both calls connects them. */
	UNTOLD_STRANGER,
	/*! Who connects them did not make the call, and has no right to it. */
	UNTOLD_RIGHT,
	/*! Another came to where somebody uses a service. */
	UNTOLD_SERVICE,
};

struct facts {
	/*! The call as the extensions that it rings see it. */
	cp_call call;
	/*! These are copied from the channel that created this one. */
	unsigned int inherited : 1;
	/*! This is the first leg of a callback, and what it is connected with is not known. */
	unsigned int dst_unknown : 1;
	/*! The maker forwards the call that comes next. */
	unsigned int forwarded : 1;
	/*! This channel created another for that: what comes after it is not forwarded. */
	unsigned int forward_rang : 1;
	/*! The maker was asked whether he may call inside. */
	unsigned int asked_inside : 1;
	/*! The dialplan of this channel has said where the call goes: whatever it rings for that is not asked for the maker again. */
	unsigned int went_on : 1;
	/*! The call that the dialplan said last was denied: until it says another, this channel makes none. */
	unsigned int denied : 1;
	/*! This channel was permitted to ring by this call. */
	unsigned int ringing : 1;
	/*! What an emergency number has to do with this channel: enum emergency. */
	unsigned int emergency : 2;
	/*! This channel was let through to ring because an emergency number was dialled. */
	unsigned int for_emergency : 1;
	/*! What is dialled now may lead outside though no extension makes the call. */
	unsigned int outside : 1;
	/*! The maker makes the call in a callback. */
	unsigned int makes_callback : 1;
	/*! This channel was parked, and nobody has taken it since. */
	unsigned int parked : 1;
	/*! This channel waits for calls, as an agent who is logged in: he takes whatever it is connected with. */
	unsigned int waits : 1;
	/*! It was denied what it is connected with, and is ended. */
	unsigned int cut : 1;
	/*! It was, where nobody could be told: what is still to be said, enum untold. */
	unsigned int untold : 2;
	/*! Nothing is known but in which client the call is. */
	unsigned int client_only : 1;
	/*! Who is here was transferred into the call that another made, before it was answered. */
	unsigned int put_through : 1;
	/*! Who is here was transferred to where the dialplan has said nothing yet: the call that these facts are of is another. */
	unsigned int unsaid : 1;
	/*! Who is here dialled a service, and has called nobody since. */
	unsigned int in_service : 1;
	/*! Where a Local channel leads, this one is rung, and nothing was said. Nobody has looked yet whether somebody sent the call there. */
	unsigned int creator_unsaid : 1;
	/*! Another may be here, or behind this Local channel, than the facts are about. */
	unsigned int moved : 1;
	/*! It has been in a bridge. */
	unsigned int was_connected : 1;
	/*! The call of this extension was one with somebody inside, and it is connected with outside since. */
	unsigned int inside_over : 1;
	/*! Who sent this channel to another call, which began outside, was asked whether he may call outside. */
	unsigned int sent_outside : 1;
	/*! Who listens in by this channel is heard by the other end of that call, too, or may be. */
	unsigned int barges : 1;
	/*! This is the second leg of a callback, whose maker was asked for nothing in particular, and the dialplan has not said where it goes. */
	unsigned int whereto_unknown : 1;
	/*! A call was denied here; and where a channel came from that this one was created for. */
	unsigned int was_denied : 1;
	unsigned int below_denied : 1;
	/*! How often something was denied in a row, and when last. */
	unsigned int denials;
	struct timeval denied_at;
	/*! The parking space that this channel is in, or 0. */
	unsigned int space;
	char lot[AST_MAX_CONTEXT];
	/*! What this channel rings has this number as rung_from, whoever is at either of them by now. 0: it has rung nothing. */
	int rings_as;
	int rung_from;
	/*! The same of whoever began to ring by Local channels, of which the last has rung this one. They may be gone by now. */
	int rung_under;
	/*! The call that these facts are of: channels with the same number are of one call. 0: of none. */
	int id;
	/*! Who makes the call, and is asked for what it rings outside; empty when no extension does. In a callback: who is rung first. */
	char maker[AST_MAX_EXTENSION];
	/*! The extension with which the call began; empty when it began outside. */
	char caller[AST_MAX_EXTENSION];
	/*! The extension that was permitted to be rung here; another may be here since, who picked the call up. */
	char rung[AST_MAX_EXTENSION];
	/*! The client in which the call is: what is dialled is looked up there. */
	char client[CLIENT_SIZE];
	/*! The extension at this channel that left its own client by this call, and is outside in that where the call is. */
	char went_out[AST_MAX_EXTENSION];
	/*! The extension of another client that makes the call, by a Local channel which goes from client to client; empty when none does. */
	char came_from[AST_MAX_EXTENSION];
	/*! The extension that this channel was connected with last; empty when it was none. */
	char with[AST_MAX_EXTENSION];
	/*! The one before that, which was another. */
	char with_before[AST_MAX_EXTENSION];
	/*! The bridge in which that was, by its unique id. */
	char with_in[AST_UUID_STR_LEN];
	/*! The unique id of the bridge of which Asterisk has told last that this channel has entered it. */
	char arrived_in[AST_UUID_STR_LEN];
	/*! The channel to which who listens in by this one speaks, by its unique id then; empty when there is none. */
	char speaks_to[AST_MAX_UNIQUEID];
	/*! The unique id by which those know this channel who listen in to it, whoever is here by now; empty when nobody does. */
	char heard_as[AST_MAX_UNIQUEID];
	/*! Another has come here, to whom others spoke: those know him by this. Until both are one. */
	char also_heard_as[AST_MAX_UNIQUEID];
	/*! What ARI's snoop, whose channel this is, is known to listen in to. */
	char snoops_on[AST_MAX_UNIQUEID];
	/*! The channel on which an emergency number was dialled, by its unique id, and its place in the dialplan then. */
	char emergency_on[AST_MAX_UNIQUEID];
	char emergency_at[AST_MAX_EXTENSION];
	/*! The channel whose dialplan forwards, by its unique id, and its place in the dialplan when something was rung for that. */
	char forward_on[AST_MAX_UNIQUEID];
	char forward_at[AST_MAX_CONTEXT + AST_MAX_EXTENSION];
	/*! The channel that has sent this one on by a blind transfer, as Asterisk has told. */
	char sent_by[CHANNEL_NAME_SIZE];
	/*! The same, where it is in a bridge since, and its dialplan has not said where it goes; otherwise empty. */
	char brought_by[CHANNEL_NAME_SIZE];
	/*! The channel of the phone that forwarded the call to where this dialplan goes on, as Asterisk has told. */
	char forwarder[CHANNEL_NAME_SIZE];
	/*! The transfers and forwards that were decided last, by the channels that made them. Asterisk's notes outlast what they are about. */
	char diverted[DIVERSIONS][CHANNEL_NAME_SIZE];
};

/*! \return 1 when this one was sent on by a blind transfer, and the dialplan has not said since where that goes */
int is_on_the_way(const struct facts *facts);

/*! \return a number for a call that begins */
int facts_new_id(void);

/*! \return the facts themselves, for as long as the channel is locked, which it must be; NULL when it has none */
struct facts *facts_of(struct ast_channel *chan);

/*! \brief The same; where there are none, empty ones are made. \return NULL without memory */
struct facts *facts_made(struct ast_channel *chan);

/*! \brief A copy, for reading. \return 1 when the channel has facts of a call */
int facts_get(struct ast_channel *chan, struct facts *facts);

/*! \brief What has to do with the channel, and not with its call, is kept when it gets the facts of another. */
void facts_keep(struct facts *facts, const struct facts *before);

/*!
 * \brief From here on nothing is known but in which client the call is, and what has to do with the channel
 * \param went_out who left his own client by it, or ""
 */
void facts_forget(struct facts *facts, const char *client, const char *went_out);

/*! \return 0, or -1 without memory */
int facts_set(struct ast_channel *chan, const struct facts *facts);

/*! \brief The dialplan has said where the call goes, and that was permitted, or not */
void facts_note_said(struct ast_channel *chan, int permitted);

/*! \brief A call of this channel went where denied calls go */
void facts_note_denied(struct ast_channel *chan);

/*!
 * \brief Counts what is denied
 * \return 1 when the dialplan asks again and again, without a pause; or behind a channel that was created where something was denied already:
 * by each of these there may be two more
 */
int facts_are_denied_endlessly(struct ast_channel *chan);

/*!
 * \brief Another has come in the place of who was at a channel: a masquerade, in which both are locked
 * \param facts those of the channel from now on: its own, or else those of who has come
 */
typedef void (*facts_taken_over)(struct facts *facts, struct ast_channel *from, struct ast_channel *chan);

/*! \brief What to do then; NULL for nothing */
void facts_when_taken_over(facts_taken_over function);

#endif
