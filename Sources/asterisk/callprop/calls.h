/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What the parts that decide about channels know of each other
 *
 * Included by private.h, after what they build on. Each block is one part, and none needs one further down.
 */

#ifndef CALLPROP_CALLS_H
#define CALLPROP_CALLS_H

#include "facts.h"

/* ---- ends.c: who is who --------------------------------------------------------------------------------------- */

/*! What is at the other end of a channel. */
enum end {
	END_EXTENSION,
	END_TRUNK,
	/*! A Local channel: the other end is the dialplan. */
	END_LOCAL,
	END_UNKNOWN,
};

/*! \brief The name that a channel has now. Read under its lock: it is another one after a masquerade */
void name_of(struct ast_channel *chan, char name[CHANNEL_NAME_SIZE]);

/*! \return 1 when this is the name of a Local channel */
int is_local(const char *name);
int is_local_channel(struct ast_channel *chan);

/*!
 * \brief By the name of a channel: PJSIP/101-00000007 is the phone PJSIP/101
 * \param[out] extension NULL when it is no extension's
 */
enum end end_of_name(struct configuration *configuration, const char *name, struct extension **extension);
enum end end_of(struct configuration *configuration, struct ast_channel *chan, struct extension **extension);

/*! \brief The client of the device that this is the name of a channel of; NULL when it has none, as a trunk that is everybody's */
struct client *client_of_device(struct configuration *configuration, const char *name);

/*!
 * \brief The client in which the call of a channel is
 *
 * It is that of the device, until the call went on to another client. It follows from nothing that was dialled.
 *
 * \return NULL when the client is not there any more
 */
struct client *client_of_call(struct configuration *configuration, struct ast_channel *chan);

/*! \brief The same as end_of(); whoever is of another client is outside */
enum end end_for_client(struct configuration *configuration, const struct client *client, struct ast_channel *chan,
	struct extension **extension);

/*!
 * \brief Where a call began that comes from this channel, as that client sees it
 * \return CP_EXTENSION or CP_EXTERNAL; -1 when that is unknown, as for a Local channel behind which nobody is
 */
int party_of_channel(struct configuration *configuration, const struct client *client, struct ast_channel *chan);

/*! \return 1 with the variable's value when the channel itself has it and it is not empty */
int get_variable(struct ast_channel *chan, const char *name, char *value, size_t size);

/*! \return 1 when the PBX made the call itself */
int is_originated(struct ast_channel *chan);

/*!
 * \brief Is this said by whoever originates the channel, as one of its variables or as the application that it runs?
 *
 * The dialplan does not run then. A subroutine of it may run on a channel that has no dialplan of its own.
 */
int is_of_originator(struct ast_channel *chan);

/*! \return 1 when the PBX called this channel, 0 when this channel called the PBX */
int was_dialled(struct ast_channel *chan);

/*! \return the other half of a Local channel, with a reference; NULL when this is none */
struct ast_channel *other_half(struct ast_channel *chan);

/*! Local channels that lead on to one another. No call needs as many. */
#define LONGEST_CHAIN 32

/*! \return the channel itself, or the one that a Local channel is connected with, with a reference; NULL when there is none */
struct ast_channel *far_end(struct ast_channel *chan);

/*! \return 1 when this is the half of a Local channel that was rung, and 0 when it is the one whose dialplan runs for that */
int is_first_half(struct ast_channel *chan);

/* ---- contacts.c: where a phone says that it is ------------------------------------------------------------------ */

/*! \return 1 when the channel of a phone is about to ring a host of a trunk. The channel must not be locked */
int contact_is_outside(struct configuration *configuration, struct ast_channel *chan);

void contacts_stop(void);

/* ---- decisions.c: decides, and reports what is denied --------------------------------------------------------- */

/*! \brief The explanation as JSON; on an error, error->text says why there is none */
size_t explain(const struct status *status, const cp_call *call, char *json, size_t size, cp_error *error);

/*! \brief The decision. A denial is reported. */
int permits(struct ast_channel *chan, struct extension *extension, const cp_call *call);

/*! \brief Tells of a denial, through the log and AMI, for which nobody should have to hold the channel's lock */
void report_denial(
	struct ast_channel *chan, const struct extension *extension, const struct status *status, const cp_call *call);

/*! \brief The same. \param because what else is to be known: a text without a full stop, or "" */
void report_denial_because(struct ast_channel *chan, const struct extension *extension, const struct status *status,
	const cp_call *call, const char *because);

/*!
 * \brief Denied without an extension to ask: the dialplan or the configuration lacks something. The channel must not be locked
 * \return 0
 */
int deny_unknown(struct ast_channel *chan, const char *why);

/*! \brief The same, about a number. \return 0 */
int deny_number(struct ast_channel *chan, const char *number, const char *why);

/*! \brief The same, because nobody is known at this channel. The text begins with the subject: "this". \return 0 */
int deny_stranger(
	struct configuration *configuration, struct ast_channel *chan, const char *number, const char *subject);

/*! What the dialplan lacks, as a text goes on, with what it is to say. */
#define NO_CALL "has not evaluated CALLPROP_CALL(): Gosub(callprop,call,1(${EXTEN}))"
#define BY_HANDLER ": b(callprop^ring^1) in Dial() or Queue()"
#define RUNG_UNSAID "who rings it was sent on, and since then " NO_CALL
#define NO_FACTS "where the call began is not known: the calling channel " NO_CALL

/*! \brief Hangs the channel up with cause 21 */
void reject(struct ast_channel *chan);

/* ---- numbers.c: which number a decision is about ---------------------------------------------------------------- */

/*! One character more than a number may have, so that a longer one is refused and not cut. */
#define NUMBER_SIZE (AST_MAX_EXTENSION + 1)

/*! \return 1 when the text can be nothing but a number, whatever the dialplan does with it */
int is_plain_number(const char *text);

/*! \return 1 when a subroutine of extensions_callprop.conf runs on the channel */
int in_subroutine(struct ast_channel *chan);

/*!
 * \brief Reads the arguments of the Gosub() that runs on the channel. Those that are left out are empty
 * \return 1; 0 after telling why, when there are more or less, or one is no number
 */
int read_arguments(struct ast_channel *chan, unsigned int least, unsigned int most, char arguments[][NUMBER_SIZE]);

/*!
 * \brief Reads the number that a function is about: the one argument of a subroutine, elsewhere what was dialled
 * \param text what the function was given. Nothing, or the same
 * \return 1; 0 after telling why
 */
int number_of_call(struct ast_channel *chan, const char *function, const char *text, char number[NUMBER_SIZE]);

/*!
 * \brief Reads the two numbers of a callback, which are dialled with a * between them
 * \return 1; 0 after telling why
 */
int read_callback(struct ast_channel *chan, char first[NUMBER_SIZE], char second[NUMBER_SIZE]);

/* ---- calls.c: who calls whom ---------------------------------------------------------------------------------- */

/*! Who is there when a call goes on. */
struct scene {
	/*! The client whose numbers are dialled here: of who sent the call here, or in which the call is. Whoever is of another is outside. */
	struct client *client;
	enum end end;
	/*! Whose phone this channel is, or NULL. */
	struct extension *own;
	/*! The same, when he is of another client, or NULL. */
	struct extension *visitor;
	/*! Who is at the other end of a Local channel: END_UNKNOWN when nobody is, or somebody whom callprop.conf does not know. */
	enum end far;
	struct extension *far_extension;
	/*! The first half of a Local channel that was rung, and now runs a dialplan of its own: who is behind it goes on. */
	unsigned int goes_on : 1;
	/*! How somebody else sent the call here, or DIVERSIONS: nobody did. */
	enum diversion by;
	/*! The name of his channel. */
	char diverter[CHANNEL_NAME_SIZE];
	enum end diverter_end;
	struct extension *diverter_extension;
};

/*! \brief Reads the scene, before anything is locked: other channels are looked at, one after the other */
void read_scene(struct configuration *configuration, struct ast_channel *chan, struct scene *scene);

/*!
 * \brief Finds the facts of the call that goes on in the dialplan of this channel
 * \param half the other half of a Local channel that has no facts; it gets facts, too, when a callback begins
 * \return 0, or -1 when they cannot be known
 */
int find_facts(struct configuration *configuration, const struct scene *scene, struct ast_channel *chan,
	struct ast_channel *half, const char *number, uint8_t party, struct facts *facts);

/*! Who makes a call. */
struct maker {
	/*! NULL when no extension makes it. */
	struct extension *extension;
	unsigned int callback : 1;
	/*! He was asked already, by the channel that this one branches off. */
	unsigned int was_asked : 1;
};

/*!
 * \brief Who makes the call: the one who transferred or forwarded it, or else whoever is at the phone
 * \return 0, or -1 when that cannot be known
 */
int find_maker(struct configuration *configuration, const struct scene *scene, struct ast_channel *chan, uint8_t party,
	const struct facts *facts, struct maker *maker);

/*! \brief Notes whom to ask for what is rung now, and that what sent the call here is done with */
void note_maker(const struct scene *scene, const struct maker *maker, struct facts *facts);

/*! \brief Who is behind a Local channel, and goes on, has no call now but that which has begun there. Nothing may be locked */
void note_far_end(const struct scene *scene, struct ast_channel *chan);

/*! \brief Notes that what sent the call here is done with. The channel must be locked */
void note_diversion(const struct scene *scene, struct facts *facts);

/* ---- forwards.c: the dialplan forwards a call, or a phone ------------------------------------------------------ */

/*! \return 1 when the call reaches the extension, which then forwards it */
int decide_forward(struct configuration *configuration, struct ast_channel *chan, const char *number);

/*! \brief Ends the forward of a channel that has rung something for it. The dialplan of the channel goes on to another call */
void end_forward(struct ast_channel *chan);

/*!
 * \brief Is this channel created for a forward that is over?
 *
 * It counts for what is rung by one application of the dialplan that forwards, however many that are.
 */
int is_forward_over(struct ast_channel *chan);

/*!
 * \brief Ends what rings, or has answered, because a phone named a device when it forwarded the call
 *
 * Asterisk rings PJSIP/0301234@trunk when a phone answers with 302 and a Contact whose user is that. No dialplan runs, which would say that
 * the phone makes this call: it would be rung as by whoever called the phone, and be connected with him by his right.
 *
 * \param forwarder the channel of the phone, by its name
 * \return 1 when it is such a device
 */
int end_forward_to_device(struct configuration *configuration, struct ast_channel *chan, const char *forwarder);

#define FORWARD_IS_OVER \
	"the forward was about the call before: the forwarding channel has not evaluated CALLPROP_CALL(), or CALLPROP_FORWARD() again: Gosub(callprop,…)"

/* ---- unasked.c: numbers for which nobody is asked -------------------------------------------------------------- */

/*!
 * \brief Decides for an emergency number or a service
 * \return 1 with the decision; 0 when the number is neither, and whoever makes the call is asked
 */
int decide_unasked(struct configuration *configuration, struct ast_channel *chan, const struct scene *scene,
	const char *number, int *permitted);

/*! \return the extension at whose phone this was dialled, by nobody who sends another there; NULL when it is none */
struct extension *who_dials_itself(struct configuration *configuration, struct ast_channel *chan);

/*! \brief From here on nothing that this channel rings is rung for an emergency, unless it is said again */
void end_emergency(struct ast_channel *chan);

/*! \brief Notes where in the dialplan of the channel the emergency number was dialled. It holds nowhere else */
void note_emergency_place(struct ast_channel *chan, struct facts *facts);

enum emergency_ring {
	NOT_FOR_EMERGENCY,
	/*! The channel is rung because an emergency number was dialled. It is noted that it was let through. */
	FOR_EMERGENCY,
	/*! One was dialled, and the call has gone elsewhere since. */
	WAS_EMERGENCY,
};

enum emergency_ring rings_for_emergency(struct configuration *configuration, struct ast_channel *chan);

/* ---- legs.c: decides each leg of a call ----------------------------------------------------------------------- */

/*!
 * \return 1 when the call may go on to what was dialled
 * \param party what that is; -1: what the file says
 */
int decide_call(struct configuration *configuration, struct ast_channel *chan, const char *number, int party);

/*! \brief The same, for who makes the call alone: also when the number is one for which nobody is asked */
int decide_made_call(struct configuration *configuration, struct ast_channel *chan, const struct scene *scene,
	const char *number, uint8_t party);

/*! \return 1 when the phone, or what is outside, may be rung, or this is a Local channel, whose dialplan decides */
int decide_ring(struct configuration *configuration, struct ast_channel *chan);

/*!
 * \brief What the first leg of a callback is decided with while it is not known what it is connected with
 *
 * It is enough that it may be connected with something. The second leg asks again with what that is.
 */
uint8_t any_destination(const struct status *status);

/* ---- enter.c: from one client to another ------------------------------------------------------------------------- */

/*! \return 1 when the call may go on in that client, and does so from here on */
int decide_enter(struct configuration *configuration, struct ast_channel *chan, const char *name);

/*! \return 1 when the channel has no call of another client than this; 0 after telling it */
int is_of_client(struct configuration *configuration, const struct client *client, struct ast_channel *chan,
	struct ast_channel *taker);

/* ---- early.c: decides for a phone before there is a channel for it --------------------------------------------- */

/*! \return 0 when this number is an extension whose phone may not be rung by the call that goes on here */
int decide_early(struct configuration *configuration, struct ast_channel *chan, const char *number);

/*! \return 0 when this Local channel leads from a queue to such a number */
int decide_early_local(struct configuration *configuration, struct ast_channel *chan);

/* ---- taken.c: calls that are taken ---------------------------------------------------------------------------- */

/*! \brief Writes the name of the ringing channel, or the empty text */
void decide_pickup(
	struct configuration *configuration, struct ast_channel *chan, const char *number, char *name, size_t size);

/*! \return 1 when this channel may retrieve the call that is parked there */
int decide_retrieve(struct configuration *configuration, struct ast_channel *chan, const char *number, const char *lot);

/* ---- linger.c: what Asterisk leaves undone ---------------------------------------------------------------------- */

/*! \brief What this channel has stays for half a second, also when it is ended before. The channel may be locked */
void linger(struct ast_channel *chan);

/*! \brief Takes a channel out of Asterisk's list after a second, if it has ended and is there. The channel is locked */
void unlist_ended_later(struct ast_channel *chan);

/*! \brief Ends this one, or who is in his bridge by then, when he is alone there half a second after the other was ended, and Asterisk leaves him */
void end_left_alone_later(struct ast_channel *chan);

int linger_start(void);
void linger_stop(void);

/* ---- cut_off.c: ends what was denied after it was connected ------------------------------------------------------- */

/*! \brief Ends a channel that was denied what it is connected with. \return 0 when that is done already */
int cut_off(struct ast_channel *chan);
int is_cut_off(struct ast_channel *chan);

/* ---- takeovers.c: another comes in the place of who makes a call ------------------------------------------------- */

/*! \brief See facts_when_taken_over() */
void taken_over(struct facts *facts, struct ast_channel *from, struct ast_channel *chan);

/*! Why a transfer is denied, before the answer and after it. */
#define BY_A_STRANGER \
	"it is transferred by somebody who is no party of both calls: they are of two clients, or he is nobody of " CONFIG_FILE

/*! \brief Tells of what was denied there, if it was. The channel must not be locked */
void tell_of_taken_over(struct ast_channel *chan);

/* ---- noted.c: what is noted of them -------------------------------------------------------------------------------- */

/*! \brief Notes that these two are connected, and that it was permitted */
void note_connected(struct configuration *configuration, struct ast_channel *taker, const struct extension *extension,
	const cp_call *call, struct ast_channel *other);

/*!
 * \brief Has Asterisk noted that somebody sends the call here, which is not over? These facts are the channel's
 * \param[out] name of his channel
 */
int has_note(struct ast_channel *chan, const struct facts *facts, enum diversion by, char name[CHANNEL_NAME_SIZE]);

/*! \brief Notes that what Asterisk has noted on this channel is over for whoever is here */
void note_over(struct ast_channel *chan, enum diversion by);

/* ---- transfers.c: two calls become one --------------------------------------------------------------------------- */

struct ast_attended_transfer_message;

void decide_attended_transfer(
	struct configuration *configuration, const struct ast_attended_transfer_message *transfer);

/* ---- bridges.c: who is connected with whom ----------------------------------------------------------------------- */

struct ast_bridge_snapshot;

/*! \brief Decides for whoever is in this bridge now, as far as it is not decided */
void decide_bridge(struct configuration *configuration, const struct ast_bridge_snapshot *told);

/*! \brief Another is at this channel now: decides once more for who is connected with it, or heard. The channel must be locked */
void look_at_place_later(struct ast_channel *chan);

int bridges_start(void);
void bridges_stop(void);

#endif
