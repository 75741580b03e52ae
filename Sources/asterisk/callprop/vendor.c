/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The answer of the vendor's API as a source of statuses: GET /client/{client_id}/extension/call_status/, as it is
 *
 * It is an array of objects with `id`, `name` and `property_list`; what else they have does not count. A status of it is meant by its name or
 * by its id. Where a name is not enough, because another status has it, or has it for an id, it is followed by the id: `Lunch (7)`.
 */

#include "asterisk.h"

#include <errno.h>

#include "private.h"

#include "asterisk/config.h"
#include "asterisk/json.h"
#include "asterisk/paths.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "conf_file.h"

/*! The largest answer that is read. */
#define LARGEST (4 * 1024 * 1024)

/*! The longest name of a status. */
#define LONGEST_NAME 200

#define SETTING "statuses_file"

/*! \return the text of the file, to be freed; NULL after telling why not */
static char *read_file(const struct ast_variable *line, const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = file ? ast_malloc(LARGEST + 1) : NULL;
	size_t length = 0;

	if (!file) {
		refuse(line, SETTING ": %s: %s", path, strerror(errno));
		return NULL;
	}
	if (text) {
		length = fread(text, 1, LARGEST + 1, file);
		text[length > LARGEST ? 0 : length] = '\0';
	}
	if (!text || ferror(file) || length > LARGEST || strlen(text) < length) {
		refuse(line, SETTING ": %s: %s", path,
			!text                  ? "no memory"
				: ferror(file)     ? "cannot be read"
				: length > LARGEST ? "is too large"
								   : "has a NUL byte");
		ast_free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

static struct ast_json *load_answer(const struct ast_variable *line, const char *path)
{
	struct ast_json_error error;
	struct ast_json *answer = NULL;
	char *text = read_file(line, path), *json = text;

	if (!text) {
		return NULL;
	}
	if (!strncmp(json, "\xEF\xBB\xBF", 3)) {
		json += 3;
	}
	if (!(answer = ast_json_load_string(json, &error))) {
		refuse(line, SETTING ": %s:%d: %s", path, error.line, error.text);
	} else if (ast_json_typeof(answer) != AST_JSON_ARRAY) {
		refuse(line, SETTING ": %s: expected a JSON array of statuses", path);
		ast_json_unref(answer);
		answer = NULL;
	}
	ast_free(text);
	return answer;
}

/*! One object of the answer. */
struct object {
	char id[STATUS_ID_SIZE];
	char name[LONGEST_NAME];
};

/*! \return 0, or -1 when it is longer, or no text for a name */
static int copy_word(char *word, size_t size, const char *text)
{
	if (!text || strlen(text) >= size || !is_printable(text)) {
		return -1;
	}
	ast_copy_string(word, text, size);
	ast_strip(word);
	memmove(word, ast_skip_blanks(word), strlen(ast_skip_blanks(word)) + 1);
	return 0;
}

/*! \return NULL, or what is wrong */
static const char *read_object(struct ast_json *json, struct object *object)
{
	struct ast_json *id = ast_json_object_get(json, "id"), *name = ast_json_object_get(json, "name");

	*object->name = '\0';
	if (ast_json_typeof(json) != AST_JSON_OBJECT) {
		return "expected an object";
	}
	if (id && ast_json_typeof(id) == AST_JSON_INTEGER) {
		snprintf(object->id, sizeof(object->id), "%jd", ast_json_integer_get(id));
	} else if (!id || ast_json_typeof(id) != AST_JSON_STRING
		|| copy_word(object->id, sizeof(object->id), ast_json_string_get(id)) || !*object->id) {
		return "expected an id: a number, or a short text";
	}
	if (name && ast_json_typeof(name) != AST_JSON_NULL
		&& (ast_json_typeof(name) != AST_JSON_STRING
			|| copy_word(object->name, sizeof(object->name), ast_json_string_get(name)))) {
		return "expected a name: a text of one line, of less than 200 bytes";
	}
	if (!*object->name) {
		/* It has none. */
		ast_copy_string(object->name, object->id, sizeof(object->name));
	}
	return NULL;
}

/*! \brief Would the name of an object mean another status, too? */
static int is_taken(struct client *client, const struct object *objects, size_t count, const struct object *object)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (&objects[i] != object && (!strcmp(objects[i].name, object->name) || !strcmp(objects[i].id, object->name))) {
			return 1;
		}
	}
	return table_find(&client->statuses, object->name) != NULL;
}

static int add_status(struct client *client, const struct ast_variable *line, const char *path, struct ast_json *json,
	const struct object *object, int by_id)
{
	struct ast_json *list = ast_json_object_get(json, "property_list");
	char name[LONGEST_NAME + STATUS_ID_SIZE + 3], *text;
	struct status *status;
	struct status_id *id;
	int result;

	ast_copy_string(name, object->name, sizeof(name));
	if (by_id) {
		snprintf(name, sizeof(name), "%s (%s)", object->name, object->id);
		warn(line, SETTING ": %s: more than one status is meant by '%s': the one with the id %s is '%s'", path,
			object->name, object->id, name);
	}
	if (table_find(&client->status_ids, object->id)) {
		return refuse(line, SETTING ": %s: the id %s is there already", path, object->id);
	}
	if (table_find(&client->statuses, object->id)) {
		return refuse(line, SETTING ": %s: the id %s is the name of another status", path, object->id);
	}
	if (!(status = table_add(&client->statuses, name, sizeof(*status)))) {
		return refuse(line, SETTING ": %s: status '%s' is there already", path, name);
	}
	if (!(id = table_add(&client->status_ids, object->id, sizeof(*id)))) {
		return refuse(line, SETTING ": no memory");
	}
	id->status = status;
	strcpy(status->id, object->id); /* Safe */
	if (!list || ast_json_typeof(list) != AST_JSON_ARRAY || !(text = ast_json_dump_string(list))) {
		return refuse(line, SETTING ": %s: status '%s': expected property_list, an array of properties", path, name);
	}
	result = read_granted(status, line, text);
	ast_json_free(text);
	return result;
}

static int add_statuses(
	struct client *client, const struct ast_variable *line, const char *path, struct ast_json *answer)
{
	size_t count = ast_json_array_size(answer), i;
	struct object *objects = ast_calloc(count + 1, sizeof(*objects));
	int *by_id = ast_calloc(count + 1, sizeof(*by_id)), result = objects && by_id ? 0 : -1;
	const char *wrong;

	for (i = 0; !result && i < count; i++) {
		if ((wrong = read_object(ast_json_array_get(answer, i), &objects[i]))) {
			result = refuse(line, SETTING ": %s: status %zu of the array: %s", path, i + 1, wrong);
		}
	}
	/* All names are looked at before the first is added. */
	for (i = 0; !result && i < count; i++) {
		by_id[i] = strcmp(objects[i].name, objects[i].id) && is_taken(client, objects, count, &objects[i]);
	}
	for (i = 0; !result && i < count; i++) {
		result = add_status(client, line, path, ast_json_array_get(answer, i), &objects[i], by_id[i]);
	}
	ast_free(objects);
	ast_free(by_id);
	return result;
}

int read_statuses_file(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	struct ast_json *answer;
	char *path;
	int result;

	if (strcmp(line->name, SETTING)) {
		return 0;
	}
	if (ast_strlen_zero(line->value)) {
		return refuse(line, SETTING ": expected a file");
	}
	if (*line->value == '/') {
		path = ast_strdupa(line->value);
	} else {
		path = ast_alloca(strlen(ast_config_AST_CONFIG_DIR) + strlen(line->value) + 2);
		sprintf(path, "%s/%s", ast_config_AST_CONFIG_DIR, line->value); /* Safe */
	}
	if (!(answer = load_answer(line, path))) {
		return -1;
	}
	result = add_statuses(client, line, path, answer);
	ast_json_unref(answer);
	return result;
}
