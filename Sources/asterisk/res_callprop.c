/*
 * callprop in Asterisk: which calls does the status of an extension let through?
 *
 * SPDX-License-Identifier: MIT
 *
 * A module must declare the licence of Asterisk itself (see ASTERISK_GPL_KEY at the end); MIT allows that.
 */

/*! \file
 *
 * \brief Decides calls by the statuses of extensions, through libcallprop
 *
 * The way of a call: the subroutines of extensions_callprop.conf evaluate CALLPROP_CALL() on the channel that makes
 * the call, and CALLPROP_RING() on each channel that is about to be rung. The first finds out the facts of the call
 * and leaves them on the channel, from where Asterisk copies them to the channels that it creates for the call.
 *
 * Here the module is loaded, reloaded and unloaded. What it does stands in callprop/, a subject a part; private.h is their
 * table of contents.
 */

/*** MODULEINFO
	<depend>callprop</depend>
	<support_level>extended</support_level>
 ***/

#include "asterisk.h"

#include "asterisk/module.h"

#include "callprop/private.h"

static int reload_module(void)
{
	/* The loader knows the results of loading here, and makes those of a reload of them. */
	return statuses_reload() ? AST_MODULE_LOAD_DECLINE : AST_MODULE_LOAD_SUCCESS;
}

/*! \brief What the dialplan finds of the module: last of all when it is loaded, and first of all gone */
static void leave_dialplan(void)
{
	subroutines_unregister();
	functions_unregister();
	status_function_unregister();
	codes_unregister();
}

static int enter_dialplan(void)
{
	return functions_register() | status_function_register() | codes_register() | subroutines_register();
}

static void stop(void)
{
	cli_unregister();
	ami_unregister();
	phones_unregister();
	guard_stop();
	repeats_stop();
	until_stop();
	seen_stop();
	history_stop();
	contacts_stop();
}

static int start(void)
{
	int result = cli_register();

	result |= ami_register();
	result |= phones_register();
	result |= repeats_start();
	result |= guard_start();
	result |= seen_start();
	result |= history_start();
	result |= until_start();
	return result;
}

/*! \brief Asterisk has looked whether the module is in use. Since then a call may have come to one of its lines, and nobody looks again */
static int unload_module(void)
{
	lines_remove();
	/* Asterisk forgets an application at once, also while a call is on its way from the line to it. */
	if (calls_are_up()) {
		lines_add();
		return -1;
	}
	leave_dialplan();
	stop();
	/* Nobody finds anything of the module any more. Who has called meanwhile may be at a function, or have facts. */
	if (calls_are_up()) {
		if (start() | enter_dialplan()) {
			ast_log(LOG_ERROR, "no longer all of the module is there: restart Asterisk\n");
		}
		return -1;
	}
	statuses_stop();
	return 0;
}

static int load_module(void)
{
	if (statuses_start()) {
		return AST_MODULE_LOAD_DECLINE;
	}
	if (start() | enter_dialplan()) {
		leave_dialplan();
		stop();
		statuses_stop();
		return AST_MODULE_LOAD_DECLINE;
	}
	return AST_MODULE_LOAD_SUCCESS;
}

AST_MODULE_INFO(ASTERISK_GPL_KEY, AST_MODFLAG_LOAD_ORDER, "Call decisions by the statuses of extensions",
	.support_level = AST_MODULE_SUPPORT_EXTENDED, .load = load_module, .unload = unload_module, .reload = reload_module,
	/* Before the channel drivers: whoever calls early is decided. */
	.load_pri = AST_MODPRI_CHANNEL_DEPEND, );
