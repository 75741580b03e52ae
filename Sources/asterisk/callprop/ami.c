/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The administrator at AMI
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/manager.h"

static int ami_set_status(struct mansession *s, const struct message *m)
{
	enum change_result result = set_status(astman_get_header(m, "Extension"), astman_get_header(m, "Status"), "AMI");

	if (result != CHANGED) {
		astman_send_error(s, m, (char *) change_errors[result]);
	} else {
		astman_send_ack(s, m, "The status is set");
	}
	return 0;
}

int ami_register(void)
{
	return ast_manager_register_xml("CallpropSetStatus", EVENT_FLAG_CALL, ami_set_status);
}

void ami_unregister(void)
{
	ast_manager_unregister("CallpropSetStatus");
}
