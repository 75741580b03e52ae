/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The lines of Gosub(callprop,call,1(…)), Gosub(callprop,direct,1(…)) and b(callprop^ring^1)
 */

#ifndef CALLPROP_SUBROUTINES_H
#define CALLPROP_SUBROUTINES_H

/*! \return 0, or -1 */
int applications_register(void);

/*! \brief Asterisk forgets an application at once, also while a call is on its way from a line to it: the lines are to be gone for a while */
void applications_unregister(void);

/*! \return 0, or -1 */
int lines_add(void);

void lines_remove(void);

/*! \brief Adds them again when somebody has removed them */
void lines_restore(void);

#endif
