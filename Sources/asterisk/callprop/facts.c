/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The facts of a call, on its channels
 *
 * Asterisk copies them to the channels that a channel creates for the call. More than one thread changes them: the one that
 * runs the dialplan of the channel, and the one that tells where it is parked. So whoever changes them reads and writes under
 * one lock of the channel, and keeps no copy in between.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/module.h"
#include "asterisk/utils.h"

/*! So many denials of one channel, each less than so many milliseconds after the one before, are those of a dialplan that goes in a circle. */
#define DENIALS 10
#define APART 1000

static void facts_destroy(void *data)
{
	ast_free(data);
	ast_module_unref(AST_MODULE_SELF);
}

/*! \brief A copy that keeps this module loaded. The datastores of a call point into it. */
static void *facts_copy(const struct facts *facts)
{
	struct facts *copy = ast_malloc(sizeof(*copy));

	if (copy) {
		*copy = *facts;
		ast_module_ref(AST_MODULE_SELF);
	}
	return copy;
}

/*!
 * \brief What a channel hands on of an emergency number to one that it creates
 *
 * A Local channel leads elsewhere by a transfer, or by a forward. So it hands on nothing unless it was looked at before.
 */
static void inherit_emergency(struct facts *facts)
{
	switch (facts->emergency) {
	case EMERGENCY_DIALLED:
		facts->emergency = EMERGENCY_OFFERED;
		break;
	case EMERGENCY_PASSED:
		facts->emergency = EMERGENCY_DIALLED;
		break;
	case EMERGENCY_OFFERED:
		/* Nobody was asked for the emergency: a call that cannot happen, which rings nobody. */
		facts->emergency = NO_EMERGENCY;
		facts->call.src = CP_IVR;
		break;
	default:
		break;
	}
}

/*! \brief Whoever is rung, or was denied, makes no call by that: what he creates without a call of his own is of none, and rings nobody */
static void forget_call(struct facts *facts)
{
	facts->id = 0;
	facts->call.src = CP_IVR;
	facts->emergency = NO_EMERGENCY;
	facts->forwarded = facts->outside = facts->makes_callback = facts->asked_inside = 0;
	facts->maker[0] = facts->caller[0] = '\0';
}

int is_on_the_way(const struct facts *facts)
{
	return *facts->sent_by && strcmp(facts->sent_by, facts->diverted[BLIND_TRANSFER]) != 0;
}

/*! \brief Called where a channel creates another, with both locked */
static void *facts_inherit(void *data)
{
	struct facts *facts = data;
	struct facts copy;

	if (!facts->rings_as) {
		facts->rings_as = facts_new_id();
	}
	copy = *facts;
	copy.rung_from = facts->rings_as;
	copy.rung_under = facts->rung_under && !facts->was_connected ? facts->rung_under : facts->rings_as;
	copy.rings_as = 0;
	copy.inherited = 1;
	inherit_emergency(&copy);
	copy.forwarded = copy.forwarded && !copy.went_on;
	facts->forward_rang = copy.forwarded;
	copy.forward_rang = 0;
	if (copy.ringing || copy.denied) {
		forget_call(&copy);
	}
	copy.unsaid = copy.unsaid || is_on_the_way(&copy);
	copy.below_denied = copy.below_denied || copy.was_denied;
	copy.was_denied = 0;
	copy.creator_unsaid = facts->inherited && !facts->ringing && !facts->went_on;
	copy.went_on = 0;
	copy.ringing = copy.for_emergency = copy.parked = copy.waits = copy.cut = copy.untold = copy.denied = copy.denials =
		0;
	copy.put_through = copy.sent_outside = copy.inside_over = copy.barges = copy.was_connected = 0;
	copy.with[0] = copy.with_before[0] = copy.with_in[0] = copy.arrived_in[0] = copy.speaks_to[0] = copy.heard_as[0] =
		copy.also_heard_as[0] = copy.snoops_on[0] = '\0';
	copy.sent_by[0] = copy.brought_by[0] = copy.forwarder[0] = '\0';
	copy.space = 0;
	copy.rung[0] = copy.went_out[0] = '\0';
	return facts_copy(&copy);
}

static facts_taken_over when_taken_over;

void facts_when_taken_over(facts_taken_over function)
{
	__atomic_store_n(&when_taken_over, function, __ATOMIC_RELEASE);
}

/*! \brief Called where another comes in the place of who was at the channel of these facts, with both locked */
static void facts_breakdown(void *data, struct ast_channel *from, struct ast_channel *chan)
{
	facts_taken_over function = __atomic_load_n(&when_taken_over, __ATOMIC_ACQUIRE);

	if (function) {
		function(data, from, chan);
	}
}

/*! \brief Called where whom these facts are about comes in the place of another. Where that has facts, these do not count any more */
static void facts_fixup(void *data, struct ast_channel *from, struct ast_channel *chan)
{
	if (!facts_of(chan)) {
		facts_breakdown(data, from, chan);
	}
}

static const struct ast_datastore_info facts_info = {
	.type = "callprop",
	.duplicate = facts_inherit,
	.chan_fixup = facts_fixup,
	.chan_breakdown = facts_breakdown,
	.destroy = facts_destroy,
};

int facts_new_id(void)
{
	static int last;
	int id;

	/* 0 is the number of no call, also when the numbers begin again. */
	while (!(id = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED)))
		;
	return id;
}

struct facts *facts_of(struct ast_channel *chan)
{
	struct ast_datastore *store = ast_channel_datastore_find(chan, &facts_info, NULL);

	return store ? store->data : NULL;
}

struct facts *facts_made(struct ast_channel *chan)
{
	/* Whoever has not said what he calls makes a call that cannot happen, which rings nobody. */
	static const struct facts none = { .call = { .src = CP_IVR } };
	struct facts *facts = facts_of(chan);
	struct ast_datastore *store;

	if (facts || !(store = ast_datastore_alloc(&facts_info, NULL))) {
		return facts;
	}
	if (!(facts = store->data = facts_copy(&none))) {
		ast_datastore_free(store);
		return NULL;
	}
	store->inheritance = DATASTORE_INHERIT_FOREVER;
	ast_channel_datastore_add(chan, store);
	return facts;
}

int facts_get(struct ast_channel *chan, struct facts *facts)
{
	const struct facts *own;

	ast_channel_lock(chan);
	if ((own = facts_of(chan))) {
		*facts = *own;
	} else {
		memset(facts, 0, sizeof(*facts));
	}
	ast_channel_unlock(chan);
	return own && !facts->client_only;
}

void facts_keep(struct facts *facts, const struct facts *before)
{
	facts->denials = before->denials;
	facts->denied_at = before->denied_at;
	facts->was_denied = before->was_denied;
	facts->below_denied = before->below_denied;
	/* Who listens in to this channel does so whatever it calls. */
	ast_copy_string(facts->heard_as, before->heard_as, sizeof(facts->heard_as));
	ast_copy_string(facts->sent_by, before->sent_by, sizeof(facts->sent_by));
	ast_copy_string(facts->forwarder, before->forwarder, sizeof(facts->forwarder));
	facts->moved |= before->moved;
	facts->was_connected |= before->was_connected;
	facts->rings_as = before->rings_as;
	facts->rung_from = before->rung_from;
	facts->rung_under = before->rung_under;
}

void facts_forget(struct facts *facts, const char *client, const char *went_out)
{
	/* A call that cannot happen. */
	struct facts none = { .call = { .src = CP_IVR }, .client_only = 1, .cut = facts->cut, .unsaid = facts->unsaid };

	ast_copy_string(none.client, client, sizeof(none.client));
	ast_copy_string(none.went_out, went_out, sizeof(none.went_out));
	memcpy(none.diverted, facts->diverted, sizeof(none.diverted));
	facts_keep(&none, facts);
	*facts = none;
}

int facts_set(struct ast_channel *chan, const struct facts *facts)
{
	struct facts *own;

	ast_channel_lock(chan);
	if ((own = facts_made(chan))) {
		struct facts set = *facts;

		facts_keep(&set, own);
		*own = set;
	}
	ast_channel_unlock(chan);
	return own ? 0 : -1;
}

void facts_note_said(struct ast_channel *chan, int permitted)
{
	struct facts *facts;

	ast_channel_lock(chan);
	if ((facts = permitted ? facts_of(chan) : facts_made(chan))) {
		facts->denied = !permitted;
		facts->was_denied = facts->was_denied || !permitted;
		if (permitted) {
			facts->denials = 0;
		}
	}
	ast_channel_unlock(chan);
}

void facts_note_denied(struct ast_channel *chan)
{
	struct facts *facts;

	ast_channel_lock(chan);
	if ((facts = facts_made(chan))) {
		facts->was_denied = 1;
	}
	ast_channel_unlock(chan);
}

int facts_are_denied_endlessly(struct ast_channel *chan)
{
	struct timeval now = ast_tvnow();
	struct facts *facts;
	int endless = 0;

	ast_channel_lock(chan);
	if ((facts = facts_made(chan))) {
		facts->denials = ast_tvdiff_ms(now, facts->denied_at) < APART ? facts->denials + 1 : 1;
		facts->denied_at = now;
		endless = facts->below_denied || facts->denials > DENIALS;
	}
	ast_channel_unlock(chan);
	return endless;
}
