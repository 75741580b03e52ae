/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Writes the history into its file, in a thread of its own, so that no call waits for a disk
 *
 * What cannot be written waits in memory, up to a limit; what is more than that is lost, counted, and said in the file when it can be
 * written again. Half a row is never left there.
 */

#include "asterisk.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "private.h"

#include "asterisk/lock.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

/*! How many bytes may wait: about ten thousand rows. */
#define MOST (2 * 1024 * 1024)

AST_MUTEX_DEFINE_STATIC(lock);
static ast_cond_t news;
static pthread_t thread = AST_PTHREADT_NULL;

/*! These are under the lock. */
static char *path;
static struct ast_str *waiting;
static unsigned int lost;
static int is_over;

/*! These are the thread's. */
static int file = -1;
static int is_failing;

int history_is_written(void)
{
	int is_written;

	ast_mutex_lock(&lock);
	is_written = path != NULL;
	ast_mutex_unlock(&lock);
	return is_written;
}

void history_append(const char *lines, unsigned int count)
{
	ast_mutex_lock(&lock);
	if (!path || (!waiting && !(waiting = ast_str_create(4096))) || ast_str_strlen(waiting) + strlen(lines) > MOST
		|| ast_str_append(&waiting, 0, "%s", lines) < 0) {
		lost += path ? count : 0;
	}
	if (thread != AST_PTHREADT_NULL) {
		ast_cond_signal(&news);
	}
	ast_mutex_unlock(&lock);
}

/*! \brief Told once, until it can be written again */
static void fail(const char *name, const char *what)
{
	if (!is_failing) {
		ast_log(LOG_ERROR, "The history %s cannot be %s: %s. Calls go on, and it is tried again each second\n", name,
			what, strerror(errno));
	}
	is_failing = 1;
}

static void close_file(void)
{
	if (file >= 0) {
		close(file);
		file = -1;
	}
}

/*! \brief Writes all or nothing. \return 0, or -1 */
static int write_whole(const char *name, const char *text)
{
	size_t length = strlen(text);
	struct stat before;
	ssize_t written;

	if (fstat(file, &before)) {
		fail(name, "written");
		return -1;
	}
	do {
		written = write(file, text, length);
	} while (written < 0 && errno == EINTR);
	if (written == (ssize_t) length) {
		return 0;
	}
	if (written >= 0) {
		errno = ENOSPC;
	}
	fail(name, "written");
	if (written > 0 && S_ISREG(before.st_mode) && ftruncate(file, before.st_size)) {
		ast_log(LOG_WARNING, "The history %s has half a row: %s\n", name, strerror(errno));
	}
	return -1;
}

/*! \brief Opens the file anew when it is another one by that name. A new one begins with the names of the columns. \return 0, or -1 */
static int open_file(const char *name)
{
	struct stat open_one, named;

	if (file >= 0 && !fstat(file, &open_one) && !stat(name, &named) && open_one.st_ino == named.st_ino
		&& open_one.st_dev == named.st_dev) {
		return named.st_size || !S_ISREG(named.st_mode) ? 0 : write_whole(name, history_header());
	}
	close_file();
	if ((file = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640)) < 0 || fstat(file, &named)) {
		fail(name, "opened");
		close_file();
		return -1;
	}
	if (!named.st_size && write_whole(name, history_header())) {
		return -1;
	}
	return 0;
}

/*! \brief Writes these rows, and how many were lost behind them. What is not written is tried again */
static void write_rows(const char *name, struct ast_str *rows, unsigned int *count)
{
	char line[128];

	if (ast_str_strlen(rows) && write_whole(name, ast_str_buffer(rows))) {
		return;
	}
	ast_str_reset(rows);
	if (is_failing) {
		is_failing = 0;
		ast_log(LOG_NOTICE, "The history %s is written again; %u rows are lost\n", name, *count);
	}
	if (*count) {
		history_lost(line, sizeof(line), *count);
		*count = write_whole(name, line) ? *count : 0;
	}
}

static void wait_a_second(void)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec++;
	ast_cond_timedwait(&news, &lock, &end);
}

static void *write_history(void *data)
{
	struct ast_str *rows = ast_str_create(4096), *swap;
	unsigned int count = 0;
	int last_round = 0;
	char *name = NULL;

	while (rows && !last_round) {
		ast_mutex_lock(&lock);
		if (!is_over && (is_failing || !waiting || !ast_str_strlen(waiting))) {
			wait_a_second();
		}
		last_round = is_over;
		if (strcmp(S_OR(path, ""), S_OR(name, ""))) {
			close_file();
			ast_free(name);
			name = path ? ast_strdup(path) : NULL;
			is_failing = 0;
			rotate_with_logs(NULL);
		}
		if (!ast_str_strlen(rows) && waiting) {
			swap = waiting;
			waiting = rows;
			rows = swap;
			count += lost;
			lost = 0;
		}
		ast_mutex_unlock(&lock);
		if (!name) {
			ast_str_reset(rows);
			continue;
		}
		if (rotate_with_logs(name)) {
			close_file();
		}
		if (!open_file(name)) {
			write_rows(name, rows, &count);
		}
	}
	if (rows && ast_str_strlen(rows)) {
		ast_log(LOG_WARNING, "The history %s lacks its last rows\n", name);
	}
	close_file();
	ast_free(name);
	ast_free(rows);
	return NULL;
}

int history_open(const char *wanted)
{
	int is_new;

	ast_mutex_lock(&lock);
	is_new = wanted && (!path || strcmp(path, wanted));
	if (is_new || !wanted) {
		ast_free(path);
		path = wanted ? ast_strdup(wanted) : NULL;
	}
	if (thread != AST_PTHREADT_NULL) {
		ast_cond_signal(&news);
	}
	ast_mutex_unlock(&lock);
	return is_new;
}

int history_start(void)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	ast_cond_init(&news, &attributes);
	pthread_condattr_destroy(&attributes);
	is_over = is_failing = 0;
	if (ast_pthread_create_background(&thread, NULL, write_history, NULL)) {
		thread = AST_PTHREADT_NULL;
		return -1;
	}
	return 0;
}

void history_stop(void)
{
	history_close();
	if (thread != AST_PTHREADT_NULL) {
		ast_mutex_lock(&lock);
		is_over = 1;
		ast_cond_signal(&news);
		ast_mutex_unlock(&lock);
		pthread_join(thread, NULL);
		thread = AST_PTHREADT_NULL;
		ast_cond_destroy(&news);
	}
	ast_mutex_lock(&lock);
	ast_free(path);
	ast_free(waiting);
	path = NULL;
	waiting = NULL;
	lost = 0;
	ast_mutex_unlock(&lock);
}
