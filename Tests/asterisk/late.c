/*
 * SPDX-License-Identifier: MIT
 *
 * The module with this in it hears late of what Asterisk tells, as under load: of who enters a bridge or takes another's place there, of
 * transfers, of what rings, and of the others (who listens in, who is parked), so many milliseconds each, which late.py says. The linker puts
 * __wrap___stasis_subscribe() in the place of Asterisk's function.
 */

#include "asterisk.h"

#include "asterisk/parking.h"
#include "asterisk/stasis.h"
#include "asterisk/stasis_bridges.h"
#include "asterisk/stasis_channels.h"
#include "asterisk/utils.h"

struct stasis_subscription *__real___stasis_subscribe(
    struct stasis_topic *topic, stasis_subscription_cb callback, void *data, const char *file, int line, const char *function);
struct stasis_subscription *__wrap___stasis_subscribe(
    struct stasis_topic *topic, stasis_subscription_cb callback, void *data, const char *file, int line, const char *function);

struct subscriber {
    stasis_subscription_cb callback;
    void *data;
};

static unsigned int milliseconds(const struct stasis_message_type *type)
{
    if (type == ast_blind_transfer_type() || type == ast_attended_transfer_type()) {
        return LATE_TRANSFERS;
    }
    if (type == ast_channel_dial_type()) {
        return LATE_DIALS;
    }
    return type == ast_channel_chanspy_start_type() || type == ast_parked_call_type() ? LATE_OTHERS : LATE_ENTRIES;
}

static void tell_late(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
    struct subscriber *subscriber = data;

    usleep(milliseconds(stasis_message_type(message)) * 1000);
    subscriber->callback(subscriber->data, subscription, message);
    if (stasis_subscription_final_message(subscription, message)) {
        ast_free(subscriber);
    }
}

struct stasis_subscription *__wrap___stasis_subscribe(
    struct stasis_topic *topic, stasis_subscription_cb callback, void *data, const char *file, int line, const char *function)
{
    struct subscriber *subscriber;

    if (!(subscriber = ast_calloc(1, sizeof(*subscriber)))) {
        return NULL;
    }
    subscriber->callback = callback;
    subscriber->data = data;
    return __real___stasis_subscribe(topic, tell_late, subscriber, file, line, function);
}
