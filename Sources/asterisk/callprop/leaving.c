/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who is still in the module when it is to be unloaded
 *
 * Asterisk looks at its count of users before it asks a module to unload, and not again: whoever comes after that is in a function that
 * is no longer there. It counts the calls that have facts, and who is in an application, in a function of the dialplan or in an AMI action. There
 * is a moment between the look for what is registered and the count, for which nothing but waiting helps. Who runs a command of the CLI
 * is counted for that command alone.
 */

#include "asterisk.h"

#include <unistd.h>

#include "private.h"

#include "asterisk/module.h"

#include "leaving.h"

/*! In microseconds. Whoever has found something of the module needs some to come to it, on a machine however busy. */
#define MOMENT 50000
/*! The second look is for who was counted at the first no longer, and had to do his last step out of the module. */
#define LOOKS 2

/*! How often it is looked whether a command is through, in microseconds, and how many times. */
#define PAUSE 10000
#define PAUSES 100

int commands_register(struct ast_cli_entry *commands, size_t count)
{
	int result = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!commands[i]._full_cmd) {
			result |= ast_cli_register(&commands[i]);
		}
	}
	return result;
}

static int is_running(const struct ast_cli_entry *command)
{
	return __atomic_load_n(&command->inuse, __ATOMIC_ACQUIRE) != 0;
}

int commands_unregister(struct ast_cli_entry *commands, size_t count)
{
	int pauses = PAUSES, result = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		struct ast_cli_entry *command = &commands[i];

		/* Of one that runs Asterisk only says so. One may begin to run in the moment in which it is removed. */
		while (is_running(command) && pauses-- > 0) {
			usleep(PAUSE);
		}
		if (command->_full_cmd) {
			ast_cli_unregister(command);
		}
		while (is_running(command) && pauses-- > 0) {
			usleep(PAUSE);
		}
		result |= command->_full_cmd || is_running(command) ? -1 : 0;
	}
	return result;
}

static int count_users(const char *module, const char *description, int users, const char *status, const char *like,
	enum ast_module_support_level level)
{
	/* One more than there are: 0 is that Asterisk had no memory for its list. */
	return strcmp(module, like) ? 0 : users + 1;
}

int is_in_use(void)
{
	int i;

	for (i = 0; i < LOOKS; i++) {
		usleep(MOMENT);
		if (ast_update_module_list(count_users, AST_MODULE ".so") != 1) {
			return 1;
		}
	}
	return 0;
}
