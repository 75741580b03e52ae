/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What the parts that read callprop.conf share
 */

#ifndef CALLPROP_CONF_FILE_H
#define CALLPROP_CONF_FILE_H

#include "asterisk/config.h"

/*! What a section is about, and who reads its lines. */
struct section {
	const char *name;
	/*! \return 0, or -1 after telling what is wrong */
	int (*read)(struct configuration *configuration, struct client *client, const struct ast_variable *line);
};

/*! In the order in which they refer to each other; in the file they may stand in any order. The last one has no name. */
extern const struct section sections[];

/*! The name of the section that is being read, for what has no line; NULL outside of sections. One file is read at a time. */
extern const char *section_read;

/*! How much was warned of in the file that is being read. */
extern unsigned int warnings_told;

/*! \brief Logs what is read, and probably not meant so */
void warn(const struct ast_variable *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*! \brief Logs why the file is refused, and where. \return -1, which the caller returns */
int refuse(const struct ast_variable *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*! \brief Looks for lines that Asterisk left out of the file, and of those that it includes. \return 0, or -1 after telling of one */
int check_lines(struct ast_config *file);

/*! \brief Puts into a status what is granted by this property_list. \return 0, or -1 after telling why not */
int read_granted(struct status *status, const struct ast_variable *line, const char *property_list);

/*! \brief Reads numbers with commas between them. \return NULL, or what is wrong */
const char *add_emergency_numbers(struct client *client, const char *list);

/*! \brief Reads which devices are those of the extensions. \return NULL, or what is wrong */
const char *set_phones(struct client *client, const char *pattern);

/*! \brief May an extension be named so, a number of [numbers], or one of [transit], where * at the end is anything? \return NULL, or what is wrong */
const char *wrong_number(const char *number);

/*! \brief May a device be named so? \return NULL, or what is wrong */
const char *wrong_device(const char *device, int may_be_pattern);

#endif
