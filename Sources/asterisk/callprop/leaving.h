/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who is still in the module when it is to be unloaded
 */

#ifndef CALLPROP_LEAVING_H
#define CALLPROP_LEAVING_H

#include "asterisk/cli.h"

/*! \brief Registers those that are not registered. \return 0, or -1 */
int commands_register(struct ast_cli_entry *commands, size_t count);

/*!
 * \brief Waits for whoever runs one of them
 * \return 0, or -1 when somebody does so for too long: then some may still be there
 */
int commands_unregister(struct ast_cli_entry *commands, size_t count);

/*! \brief Is somebody in the module, or on the way to it? Whatever leads there has to be unregistered before */
int is_in_use(void);

#endif
