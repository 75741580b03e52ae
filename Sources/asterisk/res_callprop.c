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

#include "callprop/leaving.h"
#include "callprop/private.h"
#include "callprop/subroutines.h"

static int reload_module(void)
{
	char answer[REFUSAL_SIZE];

	lines_restore();
	/* The loader knows the results of loading here, and makes those of a reload of them. */
	return statuses_reload(answer) ? AST_MODULE_LOAD_DECLINE : AST_MODULE_LOAD_SUCCESS;
}

/*! \brief The ways by which calls and administrators come to the module: there last of all when it is loaded, and first of all gone */
static int open_ways(void)
{
	int result = cli_register() | ami_register() | phones_register();

	return result | functions_register() | status_function_register() | codes_register() | lines_add();
}

/*! \return 0, or -1 when somebody stays on one of them for too long */
static int close_ways(void)
{
	/* First: the command that reloads adds lines of the dialplan. */
	int result = cli_unregister() | phones_unregister();

	ami_unregister();
	lines_remove();
	functions_unregister();
	status_function_unregister();
	codes_unregister();
	return result;
}

static void stop(void)
{
	guard_stop();
	repeats_stop();
	until_stop();
	seen_stop();
	history_stop();
	contacts_stop();
}

static int start(void)
{
	int result = repeats_start();

	result |= guard_start();
	result |= seen_start();
	result |= history_start();
	result |= until_start();
	return result;
}

/*! \brief It is not unloaded. \param result what start() has returned, or 0 \return -1 */
static int stay(int result)
{
	if (result | open_ways()) {
		ast_log(LOG_ERROR, "not unloaded, because it is in use, and no longer all of it is there: restart Asterisk\n");
	} else {
		ast_log(LOG_WARNING, "not unloaded: it is in use\n");
	}
	return -1;
}

static int unload_module(void)
{
	if (close_ways() || is_in_use()) {
		return stay(0);
	}
	applications_unregister();
	stop();
	/* The guard may have noted facts meanwhile. */
	if (is_in_use()) {
		return stay(start() | applications_register());
	}
	statuses_stop();
	return 0;
}

static int load_module(void)
{
	if (statuses_start()) {
		return AST_MODULE_LOAD_DECLINE;
	}
	if (start() | applications_register() | open_ways()) {
		close_ways();
		applications_unregister();
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
