/*
 * SPDX-License-Identifier: MIT
 *
 * The module with this in it hears late of what Asterisk tells about bridges, as under load: LATE milliseconds for each message, in their order.
 * The linker puts __wrap___stasis_subscribe() in the place of Asterisk's function: see late.py.
 */

#include "asterisk.h"

#include "asterisk/stasis.h"
#include "asterisk/stasis_bridges.h"
#include "asterisk/utils.h"

struct stasis_subscription *__real___stasis_subscribe(
    struct stasis_topic *topic, stasis_subscription_cb callback, void *data, const char *file, int line, const char *function);
struct stasis_subscription *__wrap___stasis_subscribe(
    struct stasis_topic *topic, stasis_subscription_cb callback, void *data, const char *file, int line, const char *function);

struct subscriber {
    stasis_subscription_cb callback;
    void *data;
};

static void tell_late(void *data, struct stasis_subscription *subscription, struct stasis_message *message)
{
    struct subscriber *subscriber = data;

    usleep(LATE * 1000);
    subscriber->callback(subscriber->data, subscription, message);
    if (stasis_subscription_final_message(subscription, message)) {
        ast_free(subscriber);
    }
}

struct stasis_subscription *__wrap___stasis_subscribe(
    struct stasis_topic *topic, stasis_subscription_cb callback, void *data, const char *file, int line, const char *function)
{
    struct subscriber *subscriber;

    if (topic != ast_bridge_topic_all()) {
        return __real___stasis_subscribe(topic, callback, data, file, line, function);
    }
    if (!(subscriber = ast_calloc(1, sizeof(*subscriber)))) {
        return NULL;
    }
    subscriber->callback = callback;
    subscriber->data = data;
    return __real___stasis_subscribe(topic, tell_late, subscriber, file, line, function);
}
