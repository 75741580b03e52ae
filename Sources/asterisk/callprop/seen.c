/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Statuses as device states and presence states, for hints, keys with lamps, queues and wallboards
 *
 * Callprop:101 is in use while the status of 101 lets nobody ring its phone, Callprop:101/queue while it lets no queue do so. The
 * presence Callprop:101 has the name of the status as its message.
 *
 * Asterisk asks a provider for Callprop:101 but nobody for Callprop:101/queue, which it takes for a channel, so that one has to be told
 * to it before it is asked for.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/devicestate.h"
#include "asterisk/presencestate.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#define PROVIDER "Callprop"
#define OF_QUEUES "/queue"

/*! \brief Is this the call of somebody else who rings the extension? */
static int rings(const cp_call *call, int through_queue)
{
	if (call->leg == CP_LEG_DST) {
		return !through_queue || call->dst == CP_QUEUE;
	}
	/* A callback that begins with a queue rings the extension as its first leg. */
	return call->src == CP_QUEUE;
}

/*! \return 1 when there is a call that may ring the extension */
static int may_ring(cp_properties granted, int through_queue)
{
	cp_call call;
	int src, dst, leg, callback;

	for (src = CP_EXTENSION; src <= CP_IVR; src++) {
		for (dst = CP_EXTENSION; dst <= CP_IVR; dst++) {
			for (leg = CP_LEG_SRC; leg <= CP_LEG_DST; leg++) {
				for (callback = 0; callback <= 1; callback++) {
					call = cp_call_make(src, dst, leg, callback);
					if (rings(&call, through_queue) && cp_permits(granted, &call)) {
						return 1;
					}
				}
			}
		}
	}
	return 0;
}

static enum ast_device_state device_state(const struct status *status, int of_queues)
{
	return may_ring(status->granted, of_queues) ? AST_DEVICE_NOT_INUSE : AST_DEVICE_INUSE;
}

static enum ast_presence_state presence_state(const struct status *status)
{
	return may_ring(status->granted, 0) ? AST_PRESENCE_AVAILABLE : AST_PRESENCE_DND;
}

/*! What Asterisk calls a device or a presence of this module. */
struct seen_name {
	char text[AST_MAX_EXTENSION + sizeof(PROVIDER ":" OF_QUEUES)];
};

static struct seen_name seen_name(const struct extension *extension, const char *behind)
{
	struct seen_name name;

	snprintf(name.text, sizeof(name.text), PROVIDER ":%s%s", extension_name(extension), behind);
	return name;
}

static enum ast_device_state provide_device_state(const char *name)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension = configuration ? extension_named(configuration, name) : NULL;

	return extension ? device_state(status_of(extension), 0) : AST_DEVICE_INVALID;
}

static enum ast_presence_state provide_presence_state(const char *name, char **subtype, char **message)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension = configuration ? extension_named(configuration, name) : NULL;
	struct status *status;

	if (!extension) {
		return AST_PRESENCE_INVALID;
	}
	status = status_of(extension);
	*subtype = ast_strdup("");
	*message = ast_strdup(status->named.name);
	return presence_state(status);
}

static void tell_device(const struct extension *extension, const struct status *status, int of_queues)
{
	ast_devstate_changed_literal(device_state(status, of_queues), AST_DEVSTATE_CACHABLE,
		seen_name(extension, of_queues ? OF_QUEUES : "").text);
}

static void tell_presence(const struct extension *extension, const struct status *status)
{
	ast_presence_state_changed_literal(presence_state(status), "", status->named.name, seen_name(extension, "").text);
}

void seen_tell(const struct extension *extension, const struct status *status)
{
	tell_device(extension, status, 0);
	tell_device(extension, status, 1);
	tell_presence(extension, status);
}

void seen_tell_first(const struct extension *extension, const struct status *status)
{
	char *subtype = NULL, *message = NULL;

	tell_device(extension, status, 1);
	/* Nothing was told before, unless the module is loaded once more. Then Asterisk remembers how it went. */
	if (ast_device_state(seen_name(extension, "").text) != device_state(status, 0)) {
		tell_device(extension, status, 0);
	}
	if (ast_presence_state(seen_name(extension, "").text, &subtype, &message) != presence_state(status)
		|| strcmp(S_OR(message, ""), status->named.name)) {
		tell_presence(extension, status);
	}
	ast_free(subtype);
	ast_free(message);
}

void seen_tell_gone(const struct extension *extension)
{
	ast_devstate_changed_literal(AST_DEVICE_INVALID, AST_DEVSTATE_CACHABLE, seen_name(extension, "").text);
	ast_devstate_changed_literal(AST_DEVICE_INVALID, AST_DEVSTATE_CACHABLE, seen_name(extension, OF_QUEUES).text);
	ast_presence_state_changed_literal(AST_PRESENCE_UNAVAILABLE, "", "", seen_name(extension, "").text);
}

int seen_start(void)
{
	return ast_devstate_prov_add(PROVIDER, provide_device_state)
		|| ast_presence_state_prov_add(PROVIDER, provide_presence_state);
}

void seen_stop(void)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	size_t i;

	ast_devstate_prov_del(PROVIDER);
	ast_presence_state_prov_del(PROVIDER);
	/* Without the module nobody is rung. */
	for (i = 0; configuration && !ast_shutting_down() && i < AST_VECTOR_SIZE(&configuration->extensions); i++) {
		seen_tell_gone((struct extension *) AST_VECTOR_GET(&configuration->extensions, i));
	}
}
