/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Tells AMI and ARI what happened, in the same words
 *
 * To ARI it goes as Asterisk's own user event, on the topic of a channel or of an endpoint. A message of a type of this module's own
 * would call into the module when it is delivered, and it may be unloaded by then.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/endpoints.h"
#include "asterisk/json.h"
#include "asterisk/manager.h"
#include "asterisk/stasis.h"
#include "asterisk/stasis_channels.h"
#include "asterisk/stasis_endpoints.h"
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

static void publish_on_endpoint(const char *id, struct ast_json *json)
{
	struct ast_endpoint *endpoint = ast_endpoint_find_by_id(id);
	struct ast_multi_object_blob *blob = endpoint ? ast_multi_object_blob_create(json) : NULL;
	struct stasis_message *message;

	if (blob) {
		ast_multi_object_blob_add(blob, STASIS_UMOS_ENDPOINT, ast_endpoint_snapshot_create(endpoint));
		if ((message = stasis_message_create(ast_multi_user_event_type(), blob))) {
			stasis_publish(ast_endpoint_topic(endpoint), message);
			ao2_ref(message, -1);
		}
		ao2_ref(blob, -1);
	}
	ao2_cleanup(endpoint);
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

void raise_extension_event(const char *extension, const char *event, const struct event_field *fields)
{
	struct ast_json *json = json_of(event, fields);
	char *endpoint = ast_alloca(strlen(extension) + sizeof("PJSIP/"));

	tell_ami(NULL, event, fields);
	if (json) {
		sprintf(endpoint, "PJSIP/%s", extension); /* Safe */
		publish_on_endpoint(endpoint, json);
		ast_json_unref(json);
	}
}
