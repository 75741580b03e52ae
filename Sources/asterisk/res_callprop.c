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

static int unload_module(void)
{
	functions_unregister();
	subroutines_unregister();
	status_function_unregister();
	codes_unregister();
	cli_unregister();
	ami_unregister();
	phones_unregister();
	guard_stop();
	repeats_stop();
	until_stop();
	seen_stop();
	history_stop();
	contacts_stop();
	statuses_stop();
	return 0;
}

static int register_all(void)
{
	int result = functions_register();

	result |= subroutines_register();
	result |= status_function_register();
	result |= codes_register();
	result |= cli_register();
	result |= ami_register();
	result |= phones_register();
	result |= repeats_start();
	result |= guard_start();
	result |= seen_start();
	result |= history_start();
	result |= until_start();
	return result;
}

static int load_module(void)
{
	if (statuses_start()) {
		return AST_MODULE_LOAD_DECLINE;
	}
	if (register_all()) {
		unload_module();
		return AST_MODULE_LOAD_DECLINE;
	}
	return AST_MODULE_LOAD_SUCCESS;
}

AST_MODULE_INFO(ASTERISK_GPL_KEY, AST_MODFLAG_LOAD_ORDER, "Call decisions by the statuses of extensions",
	.support_level = AST_MODULE_SUPPORT_EXTENDED, .load = load_module, .unload = unload_module, .reload = reload_module,
	/* Before the channel drivers: whoever calls early is decided. */
	.load_pri = AST_MODPRI_CHANNEL_DEPEND, );
