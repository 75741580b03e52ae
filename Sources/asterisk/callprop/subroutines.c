/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The lines of Gosub(callprop,call,1(…)), Gosub(callprop,direct,1(…)) and b(callprop^ring^1)
 *
 * They are run for every call. Of each application that runs Asterisk tells CDR, AMI and ARI: with ExecIf(…?Return()) of two, which costs a
 * call more than all that is decided. So each of these is one application, which decides, and then returns, of which nothing is told.
 *
 * The lines are there as long as the module is loaded. Without it the dialplan finds those of extensions_callprop.conf, which deny: after
 * an application that is missing a phone would ring.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/module.h"
#include "asterisk/pbx.h"
#include "asterisk/stasis_channels.h"

#include "subroutines.h"

/*! extensions_callprop.conf includes it. */
#define CONTEXT "callprop-loaded"
/*! Where a denied call goes. The administrator may write there what he likes. */
#define DENIED "callprop-denied"

/*! \brief Return(), of which nothing is told. \return what it returns, or -1 when Asterisk has no such application */
static int return_untold(struct ast_channel *chan)
{
	struct ast_app *app = pbx_findapp("Return");
	int result;

	if (!app) {
		return -1;
	}
	ast_channel_lock(chan);
	ast_channel_stage_snapshot(chan);
	ast_channel_unlock(chan);
	result = pbx_exec(chan, app, "");
	/* What comes next, and at once, tells of whatever else has changed meanwhile. */
	ast_channel_lock(chan);
	ast_clear_flag(ast_channel_flags(chan), AST_FLAG_SNAPSHOT_STAGE);
	ast_channel_unlock(chan);
	return result;
}

/*!
 * \brief Elsewhere than in its line it decides nothing: whoever runs it there, an AGI script or an administrator's own line, has no use for where
 * it sends a denied call, and goes on
 * \return -1
 */
static int end_misused(struct ast_channel *chan)
{
	deny_unknown(chan, "the applications of callprop are for Gosub(callprop,…) and b(callprop^ring^1) alone");
	reject(chan);
	return -1;
}

/*! \brief Is this the first leg of a callback? Nobody is connected with it */
static int is_first_leg(struct ast_channel *chan)
{
	RAII_VAR(struct ast_channel *, half, other_half(chan), ao2_cleanup);

	return half && is_originated(half);
}

static int run_for_caller(struct ast_channel *chan, const char *function)
{
	if (!in_subroutine(chan)) {
		return end_misused(chan);
	}
	if (function_permits(chan, function, "")) {
		return return_untold(chan);
	}
	facts_note_denied(chan);
	if (is_first_leg(chan)) {
		/* Nobody hears an announcement there, and an operator is not for him. */
		reject(chan);
		return -1;
	}
	/* In the dialplan after a hangup only that ends what goes in a circle. */
	return ast_check_hangup(chan) ? -1 : ast_explicit_goto(chan, DENIED, "s", 1);
}

static int run_call(struct ast_channel *chan, const char *data)
{
	return run_for_caller(chan, "CALLPROP_CALL");
}

static int run_direct(struct ast_channel *chan, const char *data)
{
	return run_for_caller(chan, "CALLPROP_DIRECT");
}

static int run_ring(struct ast_channel *chan, const char *data)
{
	if (!in_subroutine(chan)) {
		return end_misused(chan);
	}
	if (!function_permits(chan, "CALLPROP_RING", "")) {
		reject(chan);
	}
	return return_untold(chan);
}

static const struct {
	const char *exten;
	const char *application;
	int (*run)(struct ast_channel *chan, const char *data);
} subroutines[] = {
	{ "call", "CallpropCall", run_call },
	{ "direct", "CallpropDirect", run_direct },
	{ "ring", "CallpropRing", run_ring },
};

int applications_register(void)
{
	int result = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(subroutines); i++) {
		result |= ast_register_application_xml(subroutines[i].application, subroutines[i].run);
	}
	return result;
}

void applications_unregister(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(subroutines); i++) {
		ast_unregister_application(subroutines[i].application);
	}
}

int lines_add(void)
{
	int result = ast_context_find_or_create(NULL, NULL, CONTEXT, AST_MODULE) ? 0 : -1;
	size_t i;

	for (i = 0; i < ARRAY_LEN(subroutines); i++) {
		result |= ast_add_extension(
			CONTEXT, 1, subroutines[i].exten, 1, NULL, NULL, subroutines[i].application, "", NULL, AST_MODULE);
	}
	return result;
}

void lines_remove(void)
{
	size_t i;

	/* Not the context: Asterisk may be on its way through all that there are. */
	for (i = 0; i < ARRAY_LEN(subroutines); i++) {
		ast_context_remove_extension(CONTEXT, subroutines[i].exten, 1, AST_MODULE);
	}
}

void lines_restore(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(subroutines); i++) {
		if (!ast_exists_extension(NULL, CONTEXT, subroutines[i].exten, 1, NULL)) {
			ast_log(LOG_WARNING, "somebody has removed lines of the context " CONTEXT ": they are there again\n");
			lines_add();
			return;
		}
	}
}
