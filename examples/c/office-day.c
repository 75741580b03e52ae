/* SPDX-License-Identifier: MIT */
/*
 * office-day: which calls of an office's day did the statuses let through, and why not the rest?
 *
 *     office-day statuses.json calls.csv
 *
 * statuses.json is what a PBX's API answers; a line of calls.csv is one extension in one call. Both are read and
 * parsed before anything is printed, so that a mistake in the data never leaves half a report.
 */
#define _POSIX_C_SOURCE 200809L /* getline */

#include <callprop.h>
#include <jansson.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct status {
    char id[24]; /* as text, which is how calls.csv names it: no number to convert, none to overflow */
    const char *name;
    cp_properties granted;
};

struct row {
    size_t number; /* of the line */
    char time[6], extension[40], what[80];
    const struct status *status;
    char call_text[96];
    cp_call call;   /* set unless error.code is CP_ERROR_CALL, a call that cannot happen */
    cp_error error;
};

struct office {
    json_t *json; /* owns the names of the statuses */
    struct status *statuses;
    struct row *rows;
    size_t n_statuses, n_rows;
};

/* Says what is wrong and where; number 0 is no line. Returns 0, which the caller returns. */
__attribute__((format(printf, 3, 4))) static int fail(const char *place, size_t number, const char *format, ...)
{
    fprintf(stderr, "office-day: %s:", place);
    if (number > 0) {
        fprintf(stderr, "%zu:", number);
    }
    fputc(' ', stderr);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return 0;
}

/* ---- The statuses ----------------------------------------------------------------------------------- */

static const struct status *find_status(const struct office *office, const char *id)
{
    for (size_t i = 0; i < office->n_statuses; i++) {
        if (strcmp(office->statuses[i].id, id) == 0) {
            return &office->statuses[i];
        }
    }
    return NULL;
}

static int read_status(struct office *office, const char *path, size_t index, json_t *object)
{
    struct status status;
    json_int_t id;
    json_error_t json_error;
    if (json_unpack_ex(object, &json_error, 0, "{s:I,s:s}", "id", &id, "name", &status.name) != 0) {
        return fail(path, 0, "statuses[%zu]: %s", index, json_error.text);
    }
    snprintf(status.id, sizeof status.id, "%" JSON_INTEGER_FORMAT, id);
    if (find_status(office, status.id) != NULL) {
        return fail(path, 0, "statuses[%zu]: another status has the same id", index);
    }

    /* The object goes on as it came: callprop finds its property_list, and ignores the other members. */
    cp_error error;
    char *text = json_dumps(object, JSON_COMPACT);
    if (text == NULL) {
        return fail(path, 0, "out of memory");
    }
    int parsed = cp_properties_parse(text, &status.granted, &error);
    free(text);
    if (!parsed) {
        return fail(path, 0, "statuses[%zu]: %s", index, error.text);
    }
    office->statuses[office->n_statuses++] = status;
    return 1;
}

static int read_statuses(struct office *office, const char *path)
{
    json_error_t error;
    json_t *list, *object;
    size_t index;

    office->json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (office->json == NULL) {
        return fail(path, error.line > 0 ? (size_t)error.line : 0, "%s", error.text);
    }
    if (json_unpack_ex(office->json, &error, 0, "{s:o}", "statuses", &list) != 0 || !json_is_array(list)) {
        return fail(path, 0, "expected an object with an array named statuses");
    }
    office->statuses = calloc(json_array_size(list) + 1, sizeof *office->statuses); /* calloc(0) may give NULL */
    if (office->statuses == NULL) {
        return fail(path, 0, "out of memory");
    }
    json_array_foreach(list, index, object)
    {
        if (!read_status(office, path, index, object)) {
            return 0;
        }
    }
    return 1;
}

/* ---- The calls -------------------------------------------------------------------------------------- */

static struct row *add_row(struct office *office)
{
    enum { STEP = 64 };
    if (office->n_rows % STEP == 0) {
        struct row *rows = realloc(office->rows, (office->n_rows + STEP) * sizeof *rows);
        if (rows == NULL) {
            return NULL;
        }
        office->rows = rows;
    }
    return &office->rows[office->n_rows++];
}

static int read_row(struct office *office, const char *path, size_t number, const char *line, size_t length)
{
    char status[24], src[16], dst[16], leg[16], callback[16];
    int end = 0;
    struct row *row = add_row(office);
    if (row == NULL) {
        return fail(path, number, "out of memory");
    }

    /* end stays 0 unless all is there, and falls short when a NUL hides the rest of the line. */
    sscanf(line, "%5[0-9:],%39[^,\"],%23[^,\"],%79[^,\"],%15[^,\"],%15[^,\"],%15[^,\"],%15[^,\"]%n", row->time, row->extension,
        status, row->what, src, dst, leg, callback, &end);
    if (end == 0 || (size_t)end != length) {
        return fail(path, number, "expected eight short fields without quotes, the first a time like 08:05");
    }
    row->number = number;
    row->status = find_status(office, status);
    if (row->status == NULL) {
        return fail(path, number, "no status has the id \"%s\"", status);
    }

    /* No field holds a comma, so that none can bring in a key of its own. */
    snprintf(row->call_text, sizeof row->call_text, "src=%s,dst=%s,leg=%s,callback=%s", src, dst, leg, callback);
    if (!cp_call_parse(row->call_text, &row->call, &row->error) && row->error.code != CP_ERROR_CALL) {
        return fail(path, number, "%s", row->error.text);
    }
    return 1;
}

static int read_calls(struct office *office, const char *path)
{
    static const char header[] = "time,extension,status,what,src,dst,leg,callback";
    char *line = NULL;
    size_t size = 0, number = 0;
    ssize_t length;
    int ok = 1;

    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return fail(path, 0, "%s", strerror(errno));
    }
    while (ok && (length = getline(&line, &size, file)) >= 0) {
        if (length > 0 && line[length - 1] == '\n') {
            line[--length] = '\0';
        }
        if (length > 0 && line[length - 1] == '\r') {
            line[--length] = '\0';
        }
        if (++number > 1) {
            ok = read_row(office, path, number, line, (size_t)length);
        } else if (strcmp(line, header) != 0) {
            ok = fail(path, number, "expected the header %s", header);
        }
    }
    if (ok && !feof(file)) {
        ok = fail(path, 0, "%s", strerror(errno));
    } else if (ok && number == 0) {
        ok = fail(path, 1, "expected the header %s", header);
    }
    free(line);
    fclose(file);
    return ok;
}

/* ---- The report ------------------------------------------------------------------------------------- */

/* By extension, then by status; the calls of one status as they came. */
static int compare_rows(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    int order = strcmp(a->extension, b->extension);
    if (order == 0) {
        order = (a->status > b->status) - (a->status < b->status);
    }
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

/* Prints "  08:02  yes    what - why", going on under its first word when the line is full. */
static void print_row(const struct row *row, const char *answer, const char *why)
{
    enum { INDENT = 16, WIDTH = 110 };
    char text[sizeof row->what + CP_EXPLAIN_MAX];
    const char *gap = "";
    size_t column = INDENT;

    snprintf(text, sizeof text, "%s - %s", row->what, why);
    printf("  %5s  %-5s  ", row->time, answer);
    for (const char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        size_t width = strlen(gap);
        for (const char *byte = word; *byte != '\0'; byte++) {
            width += ((unsigned char)*byte & 0xC0) != 0x80; /* UTF-8: a column for a character, not for a byte */
        }
        if (column > INDENT && column + width > WIDTH) {
            printf("\n%*s", INDENT, "");
            column = INDENT;
            width -= strlen(gap);
            gap = "";
        }
        printf("%s%s", gap, word);
        column += width;
        gap = " ";
    }
    putchar('\n');
}

static void print_permitted(const struct row *row)
{
    char mnemo[CP_PROPERTIES_MAX], why[sizeof "permitted by " + CP_PROPERTIES_MAX];
    cp_properties matched = row->status->granted & cp_required(&row->call);

    cp_properties_format(matched != 0 ? matched : CP_ALL, mnemo, sizeof mnemo);
    snprintf(why, sizeof why, "permitted by %s", mnemo);
    print_row(row, "yes", why);
}

/* callprop has a sentence for the operator ready. Returns 0 when there is no memory for it. */
static int print_denied(const struct row *row, const char *granted)
{
    char explanation[CP_EXPLAIN_MAX];
    cp_error error;
    if (cp_explain(granted, row->call_text, explanation, sizeof explanation, &error) == 0) {
        return fail("cp_explain", 0, "%s", error.text);
    }
    json_t *json = json_loads(explanation, 0, NULL);
    const char *reason = json_string_value(json_object_get(json, "reason"));
    int known = reason != NULL || fail("cp_explain", 0, "out of memory");
    if (known) {
        print_row(row, "no", reason);
    }
    json_decref(json);
    return known;
}

static int report(struct office *office)
{
    size_t permitted = 0, denied = 0, impossible = 0;

    if (office->n_rows > 0) { /* qsort() takes no NULL */
        qsort(office->rows, office->n_rows, sizeof *office->rows, compare_rows);
    }
    for (size_t i = 0; i < office->n_rows; i++) {
        const struct row *row = &office->rows[i];
        cp_properties set = row->status->granted;
        char granted[CP_PROPERTIES_MAX];

        cp_properties_format(set, granted, sizeof granted);
        if (i == 0 || row->status != row[-1].status || strcmp(row->extension, row[-1].extension) != 0) {
            printf("%s, status \"%s\", grants %s\n", row->extension, row->status->name, set != 0 ? granted : "nothing");
        }
        if (row->error.code != CP_OK) {
            impossible++;
            print_row(row, "error", row->error.text);
        } else if (cp_permits(set, &row->call)) {
            permitted++;
            print_permitted(row);
        } else {
            denied++;
            if (!print_denied(row, granted)) {
                return 0;
            }
        }
    }
    printf("%zu calls: %zu let through, %zu not, %zu cannot happen\n", office->n_rows, permitted, denied, impossible);

    /* stdout is buffered: a full disk shows here. */
    return (fflush(stdout) == 0 && !ferror(stdout)) || fail("standard output", 0, "%s", strerror(errno));
}

int main(int argc, char **argv)
{
    struct office office = {0};

    if (argc != 3) {
        fputs("usage: office-day statuses.json calls.csv\n", stderr);
        return 2;
    }
    int done = read_statuses(&office, argv[1]) && read_calls(&office, argv[2]) && report(&office);
    free(office.rows);
    free(office.statuses);
    json_decref(office.json);
    return done ? 0 : 2;
}
