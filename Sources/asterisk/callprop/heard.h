/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who speaks to a call in which he is not: whispers, and announcers where others wait
 */

#ifndef CALLPROP_HEARD_H
#define CALLPROP_HEARD_H

/* ---- heard.c: may he be heard? ------------------------------------------------------------------------------------- */

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

/* ---- hearers.c: who hears the same ones speak --------------------------------------------------------------------- */

struct channels;

/*! \brief Is somebody heard on this channel who is not connected with it? */
int is_spoken_to(struct ast_channel *chan);

/*! \brief Finds the channels that those know by this id who speak to them; free_channels() is for them */
void find_heard_as(const char *id, struct channels *found);

/*! \brief Is there one of them to which somebody speaks? */
int is_heard_anywhere(const char *id);

/*!
 * \brief Gets the id by which those who listen in to a channel know it
 * \param id the one that it gets, unless it has one
 */
void note_heard(struct ast_channel *heard, char id[CHANNEL_NAME_SIZE]);

/*! \brief Whoever barges in on the one is heard by the other, wherever that goes */
void note_heard_with(struct ast_channel *heard, struct ast_channel *partner);

/*! \brief Another has come to this channel. Who spoke to him does so here */
void unite_heard(struct ast_channel *chan);

/* ---- whispers.c: who speaks to a call in which he is not ---------------------------------------------------------- */

struct ends;

/*! \brief Decides for who speaks, by one of these two ends that are connected, to a call in which he is not */
void decide_whispers(struct configuration *configuration, const struct ends *ones, const struct ends *twos);

/*! \brief The same one way, for the ones: the others are heard by nobody */
void decide_heard_through(struct configuration *configuration, const struct ends *ones, const struct ends *twos);

/*! \brief Another is at this channel now: decides whether he may speak to whom it speaks, and who may be heard by him */
void decide_whispers_anew(struct configuration *configuration, struct ast_channel *chan);

/*! \brief Is this ChanSpy() or ExtenSpy()? */
int is_spying(const char *application);

/*! \brief Gets the id of the channel on which this one snoops; an empty one when it does not. Before it is noted, its name says it: Snoop/UNIQUEID-00000001 */
void id_snooped_by(struct ast_channel *snoop, char id[CHANNEL_NAME_SIZE]);

/*! \brief Decides, when this is one who listens in, and speaks, to what is known as that id, for whoever speaks so to the channel */
void decide_is_heard_from(
	struct configuration *configuration, struct ast_channel *chan, const char *heard_as, struct ast_channel *spy);

/* ---- spies.c: who begins to listen in ----------------------------------------------------------------------------- */

/*! \brief Another may have come in the place of this one when it began to speak, before that was told: then he is decided now */
void decide_unknown_spy(struct configuration *configuration, struct ast_channel *chan);

int spies_start(void);
void spies_stop(void);

/* ---- announcers.c: who is heard by those who wait ----------------------------------------------------------------- */

/*! \brief Decides for who speaks in a bridge on hold, when this channel is in one: he is heard by everybody who waits there */
void decide_announcers(struct configuration *configuration, struct ast_channel *chan);

#endif
