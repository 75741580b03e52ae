/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Where a phone says that it is
 *
 * A phone may register a Contact at the host of a trunk. Then whoever calls it is outside, at the cost of the PBX.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/pbx.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#define URIS 2048

/*! \brief Cuts the host out of sip:user@host:port;parameters, in its place. \return NULL when there is none */
static char *host_of(char *uri)
{
	char *host = strchr(uri, ':'), *at;

	if (!host) {
		return NULL;
	}
	host++;
	/* The host comes after the last @ that stands before parameters; a user may have parameters, too. */
	if ((at = strrchr(host, '@'))) {
		host = at + 1;
	}
	if (*host == '[') {
		host++;
		host[strcspn(host, "]")] = '\0';
	} else {
		host[strcspn(host, ":;?> ")] = '\0';
	}
	return host;
}

/*! \brief Is this host among the contacts of a trunk, PJSIP/trunk/sip:host&PJSIP/trunk/sip:…? */
static int is_host_of_trunk(struct ast_channel *chan, const char *trunk, const char *host)
{
	char question[AST_CHANNEL_NAME + sizeof("PJSIP_DIAL_CONTACTS()")], uris[URIS], *rest = uris, *uri, *found;

	snprintf(question, sizeof(question), "PJSIP_DIAL_CONTACTS(%s)", trunk);
	if (ast_func_read(chan, question, uris, sizeof(uris))) {
		return 0;
	}
	while ((uri = strsep(&rest, "&"))) {
		if ((found = host_of(uri)) && !strcasecmp(found, host)) {
			return 1;
		}
	}
	return 0;
}

int contact_is_outside(struct configuration *configuration, struct ast_channel *chan)
{
	char uri[URIS], *host;
	size_t i;

	if (ast_func_read(chan, "CHANNEL(pjsip,target_uri)", uri, sizeof(uri)) || !(host = host_of(uri))) {
		return 0;
	}
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->trunks); i++) {
		const char *trunk = AST_VECTOR_GET(&configuration->trunks, i)->name;

		if (!strncmp(trunk, "PJSIP/", strlen("PJSIP/")) && is_host_of_trunk(chan, trunk + strlen("PJSIP/"), host)) {
			return 1;
		}
	}
	return 0;
}
