/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief When a status ends by itself
 *
 * An end is a time of the clock on the wall, which is what AstDB keeps. The clock may be set, so nobody sleeps until then: it is looked
 * at each second, and what is over is over.
 */

#include "asterisk.h"

#include <ctype.h>

#include "private.h"

#include "asterisk/localtime.h"
#include "asterisk/lock.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

/*! What is later than this is a mistake. */
#define LONGEST (10 * 366 * 86400LL)

#define NOT_A_TIME "expected a time such as 13:00, 2026-11-26 13:00 or 2026-11-26T12:00:00Z"
#define NOT_A_DURATION "expected how long, such as 30m, 1h30m, 90s or 2d"

static const char *check_end(time_t end, time_t now)
{
	return end <= now ? "that time is over" : end - now > LONGEST ? "that is more than ten years" : NULL;
}

/*! \brief Reads as many digits, and moves on behind them. \return the number, or -1 */
static int read_digits(const char **text, int least, int most)
{
	int number = 0, count = 0;

	for (; count < most && isdigit((unsigned char) **text); count++) {
		number = number * 10 + *(*text)++ - '0';
	}
	return count < least ? -1 : number;
}

/*! \brief Moves on behind a character. \return 1 when it is there */
static int skip(const char **text, char character)
{
	if (**text != character) {
		return 0;
	}
	++*text;
	return 1;
}

/*! \brief Reads HH:MM or HH:MM:SS. \return what follows it, or NULL */
static const char *read_time_of_day(const char *text, struct ast_tm *tm)
{
	tm->tm_hour = read_digits(&text, 1, 2);
	tm->tm_min = skip(&text, ':') ? read_digits(&text, 2, 2) : -1;
	tm->tm_sec = tm->tm_min >= 0 && skip(&text, ':') ? read_digits(&text, 2, 2) : 0;
	return tm->tm_hour < 0 || tm->tm_hour > 23 || tm->tm_min < 0 || tm->tm_min > 59 || tm->tm_sec < 0 || tm->tm_sec > 59
		? NULL
		: text;
}

static int is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/*! \brief Reads YYYY-MM-DD and what parts it from the time. \return what follows it; the text itself where there is no date; NULL */
static const char *read_date(const char *text, struct ast_tm *tm)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day;

	if (!strchr(text, '-')) {
		return text;
	}
	year = read_digits(&text, 4, 4);
	month = skip(&text, '-') ? read_digits(&text, 2, 2) : -1;
	day = skip(&text, '-') ? read_digits(&text, 2, 2) : -1;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days[month - 1] + (month == 2 && is_leap(year))
		|| (!skip(&text, ' ') && !skip(&text, 'T'))) {
		return NULL;
	}
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	return text;
}

const char *read_until(const char *text, time_t now, time_t *end)
{
	struct timeval of_now = { .tv_sec = now };
	struct ast_tm tm;
	const char *time_text, *rest, *zone = NULL;

	ast_localtime(&of_now, &tm, NULL);
	tm.tm_isdst = -1;
	if (!(time_text = read_date(text, &tm)) || !(rest = read_time_of_day(time_text, &tm))) {
		return NOT_A_TIME;
	}
	if (!strcmp(rest, "Z") && time_text != text) {
		zone = "UTC";
		rest++;
	}
	if (*rest) {
		return NOT_A_TIME;
	}
	*end = ast_mktime(&tm, zone).tv_sec;
	if (time_text == text && *end <= now) {
		/* A time of day that is over is tomorrow's: of the calendar, for a day may have 23 or 25 hours. */
		tm.tm_mday++;
		tm.tm_isdst = -1;
		*end = ast_mktime(&tm, zone).tv_sec;
	}
	return check_end(*end, now);
}

const char *read_for(const char *text, time_t now, time_t *end)
{
	static const struct {
		char unit;
		int seconds;
	} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
	size_t unit = 0;
	long long sum = 0;

	/* Each unit once, the great ones first. */
	while (*text) {
		char *after;
		long long number = isdigit((unsigned char) *text) ? strtoll(text, &after, 10) : -1;

		if (number < 0 || number > LONGEST) {
			return NOT_A_DURATION;
		}
		while (unit < ARRAY_LEN(units) && units[unit].unit != *after) {
			unit++;
		}
		if (unit == ARRAY_LEN(units)) {
			return NOT_A_DURATION;
		}
		sum += MIN(number * units[unit].seconds, LONGEST + 1);
		text = after + 1;
		unit++;
	}
	*end = now + sum;
	return sum ? check_end(*end, now) : NOT_A_DURATION;
}

void write_time(time_t time, char text[TIME_SIZE])
{
	struct tm tm;

	*text = '\0';
	if (time && gmtime_r(&time, &tm)) {
		strftime(text, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
	}
}

AST_MUTEX_DEFINE_STATIC(waiting);
static ast_cond_t wake;
static pthread_t thread = AST_PTHREADT_NULL;
static int is_over;

/*! \brief Waits for a part of a second, whatever the clock on the wall does. waiting is held */
static void wait_for(long nanoseconds)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += nanoseconds;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	ast_cond_timedwait(&wake, &waiting, &end);
}

/*! \return how long to wait until that time, but no longer than a second */
static long wait_until(time_t end)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (end == now.tv_sec + 1 && now.tv_nsec) {
		return 1000000000 - now.tv_nsec;
	}
	return 1000000000;
}

static void *watch_clock(void *data)
{
	ast_mutex_lock(&waiting);
	while (!is_over) {
		time_t next;
		int more;

		ast_mutex_unlock(&waiting);
		more = tell_untold();
		next = end_statuses(time(NULL));
		ast_mutex_lock(&waiting);
		if (!is_over && !more) {
			wait_for(wait_until(next));
		}
	}
	ast_mutex_unlock(&waiting);
	return NULL;
}

void until_wake(void)
{
	ast_mutex_lock(&waiting);
	if (thread != AST_PTHREADT_NULL) {
		ast_cond_signal(&wake);
	}
	ast_mutex_unlock(&waiting);
}

int until_start(void)
{
	pthread_condattr_t attributes;
	int result;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	ast_cond_init(&wake, &attributes);
	pthread_condattr_destroy(&attributes);
	is_over = 0;
	ast_mutex_lock(&waiting);
	result = ast_pthread_create_background(&thread, NULL, watch_clock, NULL);
	if (result) {
		thread = AST_PTHREADT_NULL;
	}
	ast_mutex_unlock(&waiting);
	return result ? -1 : 0;
}

void until_stop(void)
{
	if (thread == AST_PTHREADT_NULL) {
		return;
	}
	ast_mutex_lock(&waiting);
	is_over = 1;
	ast_cond_signal(&wake);
	ast_mutex_unlock(&waiting);
	pthread_join(thread, NULL);
	thread = AST_PTHREADT_NULL;
	ast_cond_destroy(&wake);
}
