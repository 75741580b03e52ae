/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Tells AMI what happened, and ARI what is about a channel, in the same words
 *
 * To ARI it goes as Asterisk's own user event, on the topic of the channel. A message of a type of this module's own would call into
 * the module when it is delivered, and it may be unloaded by then. A user event on the topic of an endpoint reaches no application.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/json.h"
#include "asterisk/manager.h"
#include "asterisk/stasis.h"
#include "asterisk/stasis_channels.h"
#include "asterisk/strings.h"

static void tell_ami(struct ast_channel *chan, const char *event, const struct event_field *fields)
{
	struct ast_str *text = ast_str_create(512);

	if (!text) {
		return;
	}
	for (; fields->name; fields++) {
		ast_str_append(&text, 0, "%s: %s\r\n", fields->name, fields->value);
	}
	if (chan) {
		ast_manager_event(chan, EVENT_FLAG_CALL, event, "%s", ast_str_buffer(text));
	} else {
		manager_event(EVENT_FLAG_CALL, event, "%s", ast_str_buffer(text));
	}
	ast_free(text);
}

static struct ast_json *json_of(const char *event, const struct event_field *fields)
{
	struct ast_json *json = ast_json_object_create();

	if (json) {
		ast_json_object_set(json, "eventname", ast_json_string_create(event));
	}
	for (; json && fields->name; fields++) {
		ast_json_object_set(json, fields->name, ast_json_string_create(AST_JSON_UTF8_VALIDATE(fields->value)));
	}
	return json;
}

void raise_channel_event(struct ast_channel *chan, const char *event, const struct event_field *fields)
{
	struct ast_json *json = json_of(event, fields);

	tell_ami(chan, event, fields);
	if (json) {
		/* A snapshot is taken. */
		ast_channel_lock(chan);
		ast_multi_object_blob_single_channel_publish(chan, ast_multi_user_event_type(), json);
		ast_channel_unlock(chan);
		ast_json_unref(json);
	}
}

void raise_extension_event(const char *event, const struct event_field *fields)
{
	tell_ami(NULL, event, fields);
}
