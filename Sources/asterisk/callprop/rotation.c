/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Rotates a file when Asterisk rotates its logs, in the way that logger.conf says
 *
 * Asterisk tells nobody of `logger rotate`. What can be seen is that a log file is another one by the same name, or a shorter one.
 */

#include "asterisk.h"

#include <sys/stat.h>

#include "private.h"

#include "asterisk/config.h"
#include "asterisk/logger.h"
#include "asterisk/paths.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

/*! How many log files are looked at. */
#define MOST 32

static struct log_file {
	char name[PATH_MAX];
	dev_t device;
	ino_t inode;
	off_t size;
} logs[MOST];

static size_t known;

/*! \brief Looks at a log file, and remembers what it is. \return 1 when it was another one before */
static int look_at(const char *name)
{
	struct stat now;
	struct log_file *log;
	int is_other;
	size_t i;

	if (stat(name, &now) || !S_ISREG(now.st_mode)) {
		return 0;
	}
	for (i = 0; i < known && strcmp(logs[i].name, name); i++)
		;
	if (i == MOST) {
		return 0;
	}
	log = &logs[i];
	is_other = i < known && (log->inode != now.st_ino || log->device != now.st_dev || now.st_size < log->size);
	if (i == known) {
		ast_copy_string(log->name, name, sizeof(log->name));
		known++;
	}
	log->device = now.st_dev;
	log->inode = now.st_ino;
	log->size = now.st_size;
	return is_other;
}

static int look_at_channel(
	const char *channel, const char *type, const char *status, const char *configuration, void *data)
{
	int *rotated = data;

	if (*channel == '/') {
		*rotated |= look_at(channel);
	}
	return 0;
}

static int exists(const char *name)
{
	struct stat found;

	return !stat(name, &found);
}

/*! \brief Moves name.0 to name.1 and so on, so that name.0 is free */
static void move_on(const char *path)
{
	char from[PATH_MAX], to[PATH_MAX];
	int count = 0;

	do {
		snprintf(from, sizeof(from), "%s.%d", path, count);
	} while (exists(from) && ++count);
	for (; count > 0; count--) {
		snprintf(from, sizeof(from), "%s.%d", path, count - 1);
		snprintf(to, sizeof(to), "%s.%d", path, count);
		if (rename(from, to)) {
			ast_log(LOG_WARNING, "%s cannot be renamed to %s: %s\n", from, to, strerror(errno));
		}
	}
}

/*! \brief The name that the file gets, as `rotatestrategy` of logger.conf says. \return 1; 0 when somebody else rotates it */
static int name_rotated(const char *path, char *name, size_t size)
{
	struct ast_flags flags = { 0 };
	struct ast_config *config = ast_config_load("logger.conf", flags);
	const char *strategy = NULL;
	char copy[32] = "sequential";
	int i = 0;

	if (config && config != CONFIG_STATUS_FILEINVALID) {
		if ((strategy = ast_variable_retrieve(config, "general", "rotatestrategy"))) {
			ast_copy_string(copy, strategy, sizeof(copy));
		}
		ast_config_destroy(config);
	}
	if (!strcasecmp(copy, "none")) {
		return 0;
	}
	if (!strcasecmp(copy, "timestamp")) {
		snprintf(name, size, "%s.%ld", path, (long) time(NULL));
		return 1;
	}
	if (!strcasecmp(copy, "rotate")) {
		move_on(path);
		snprintf(name, size, "%s.0", path);
		return 1;
	}
	do {
		snprintf(name, size, "%s.%d", path, i++);
	} while (exists(name));
	return 1;
}

int rotate_with_logs(const char *path)
{
	char name[PATH_MAX];
	struct stat found;
	int rotated = 0;

	ast_logger_get_channels(look_at_channel, &rotated);
	snprintf(name, sizeof(name), "%s/queue_log", ast_config_AST_LOG_DIR);
	rotated |= look_at(name);
	if (!rotated || !path || stat(path, &found) || !S_ISREG(found.st_mode) || !name_rotated(path, name, sizeof(name))) {
		return 0;
	}
	if (rename(path, name)) {
		ast_log(LOG_WARNING, "%s cannot be renamed to %s: %s\n", path, name, strerror(errno));
		return 0;
	}
	return 1;
}
