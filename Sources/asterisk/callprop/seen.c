/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Statuses as device states and presence states, for hints, keys with lamps, queues and wallboards
 *
 * Callprop:101 is in use while the status of 101 lets nobody ring its phone, Callprop:queue:101 while it lets no queue do so. The
 * presence Callprop:101 has the name of the status as its message.
 *
 * Asterisk asks for these when they are looked at, and is told when they change; it does not remember them, because its memory is slow when
 * there are many. Callprop:101/queue is another name for Callprop:queue:101. With a slash in its name Asterisk takes it for a channel and asks
 * nobody, so it has to be told, and to remember it, before somebody looks. That is done where there are few extensions.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/devicestate.h"
#include "asterisk/presencestate.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#define PROVIDER "Callprop"
#define OF_QUEUES "queue:"
#define WITH_SLASH "/queue"

/*! With more extensions there is no name with a slash. */
#define FEW 1000

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
	char text[AST_MAX_EXTENSION + sizeof(PROVIDER ":" OF_QUEUES WITH_SLASH)];
};

static struct seen_name seen_name(const char *before, const struct extension *extension, const char *behind)
{
	struct seen_name name;

	snprintf(name.text, sizeof(name.text), PROVIDER ":%s%s%s", before, extension_name(extension), behind);
	return name;
}

static enum ast_device_state provide_device_state(const char *name)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	int of_queues = !strncmp(name, OF_QUEUES, strlen(OF_QUEUES));
	struct extension *extension = extension_named(configuration, name + (of_queues ? strlen(OF_QUEUES) : 0));

	return extension ? device_state(status_of(extension), of_queues) : AST_DEVICE_INVALID;
}

static enum ast_presence_state provide_presence_state(const char *name, char **subtype, char **message)
{
	RAII_VAR(struct configuration *, configuration, configuration_ref(), ao2_cleanup);
	struct extension *extension = extension_named(configuration, name);
	struct status *status;

	if (!extension) {
		return AST_PRESENCE_INVALID;
	}
	status = status_of(extension);
	*subtype = ast_strdup("");
	*message = ast_strdup(status->named.name);
	return presence_state(status);
}

static void tell_devices(const struct extension *extension, enum ast_device_state one, enum ast_device_state queue)
{
	ast_devstate_changed_literal(one, AST_DEVSTATE_NOT_CACHABLE, seen_name("", extension, "").text);
	ast_devstate_changed_literal(queue, AST_DEVSTATE_NOT_CACHABLE, seen_name(OF_QUEUES, extension, "").text);
}

static void tell_with_slash(const struct extension *extension, enum ast_device_state queue)
{
	ast_devstate_changed_literal(queue, AST_DEVSTATE_CACHABLE, seen_name("", extension, WITH_SLASH).text);
}

/*! \brief Does Asterisk remember the name with a slash? Otherwise it is an unknown channel */
static int is_remembered(const struct extension *extension)
{
	return ast_device_state(seen_name("", extension, WITH_SLASH).text) != AST_DEVICE_INVALID;
}

static void tell_presence(const struct extension *extension, const struct status *status)
{
	ast_presence_state_changed_literal(
		presence_state(status), "", status->named.name, seen_name("", extension, "").text);
}

void seen_tell(const struct extension *extension, const struct status *status)
{
	tell_devices(extension, device_state(status, 0), device_state(status, 1));
	if (is_remembered(extension)) {
		tell_with_slash(extension, device_state(status, 1));
	}
	tell_presence(extension, status);
}

void seen_tell_first(const struct extension *extension, const struct status *status, size_t of_how_many)
{
	/* Hints and queues may be there already, when the module is loaded later, or the extension is new. */
	if (ast_fully_booted) {
		tell_devices(extension, device_state(status, 0), device_state(status, 1));
	}
	if (of_how_many > FEW) {
		return;
	}
	tell_with_slash(extension, device_state(status, 1));
	if (ast_fully_booted) {
		tell_presence(extension, status);
	}
}

void seen_tell_gone(const struct extension *extension)
{
	tell_devices(extension, AST_DEVICE_INVALID, AST_DEVICE_INVALID);
	if (is_remembered(extension)) {
		tell_with_slash(extension, AST_DEVICE_INVALID);
	}
	ast_presence_state_changed_literal(AST_PRESENCE_UNAVAILABLE, "", "", seen_name("", extension, "").text);
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
		const struct extension *extension = (struct extension *) AST_VECTOR_GET(&configuration->extensions, i);

		if (AST_VECTOR_SIZE(&configuration->extensions) <= FEW) {
			seen_tell_gone(extension);
		} else {
			tell_devices(extension, AST_DEVICE_INVALID, AST_DEVICE_INVALID);
		}
	}
}
