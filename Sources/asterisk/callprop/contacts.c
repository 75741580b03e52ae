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
#include "asterisk/lock.h"
#include "asterisk/pbx.h"
#include "asterisk/strings.h"
#include "asterisk/time.h"
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

/*! How long the hosts of the trunks are remembered, in milliseconds: with a trunk for each of many clients it takes a while to ask for them all. */
#define REMEMBERED 1000

/*! The hosts of all trunks, each between two line feeds, and of which configuration they are. */
static struct {
	struct ast_str *text;
	const struct configuration *configuration;
	struct timeval since;
} hosts;

AST_MUTEX_DEFINE_STATIC(hosts_lock);

/*! \brief Adds the hosts of the contacts of a trunk, PJSIP/trunk/sip:host&PJSIP/trunk/sip:… */
static void add_hosts(struct ast_channel *chan, const char *trunk)
{
	char question[AST_CHANNEL_NAME + sizeof("PJSIP_DIAL_CONTACTS()")], uris[URIS], *rest = uris, *uri, *found;

	snprintf(question, sizeof(question), "PJSIP_DIAL_CONTACTS(%s)", trunk);
	if (ast_func_read(chan, question, uris, sizeof(uris))) {
		return;
	}
	while ((uri = strsep(&rest, "&"))) {
		if ((found = host_of(uri))) {
			ast_str_append(&hosts.text, 0, "%s\n", ast_str_to_lower(found));
		}
	}
}

/*! \brief Asks for the hosts again when that is a while ago. Gets the lock */
static void ask_for_hosts(struct configuration *configuration, struct ast_channel *chan)
{
	size_t i;

	if (hosts.configuration == configuration && ast_tvdiff_ms(ast_tvnow(), hosts.since) < REMEMBERED) {
		return;
	}
	hosts.configuration = NULL;
	if (!hosts.text && !(hosts.text = ast_str_create(URIS))) {
		return;
	}
	ast_str_set(&hosts.text, 0, "\n");
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->trunks); i++) {
		const char *trunk = AST_VECTOR_GET(&configuration->trunks, i)->name;

		if (!strncmp(trunk, "PJSIP/", strlen("PJSIP/"))) {
			add_hosts(chan, trunk + strlen("PJSIP/"));
		}
	}
	hosts.configuration = configuration;
	hosts.since = ast_tvnow();
}

int contact_is_outside(struct configuration *configuration, struct ast_channel *chan)
{
	char uri[URIS], wanted[URIS + 2], *host;
	int found;

	if (ast_func_read(chan, "CHANNEL(pjsip,target_uri)", uri, sizeof(uri)) || !(host = host_of(uri))) {
		return 0;
	}
	snprintf(wanted, sizeof(wanted), "\n%s\n", ast_str_to_lower(host));
	ast_mutex_lock(&hosts_lock);
	ask_for_hosts(configuration, chan);
	/* Without memory it is not known: then it counts as outside. */
	found = !hosts.text || strstr(ast_str_buffer(hosts.text), wanted) != NULL;
	ast_mutex_unlock(&hosts_lock);
	return found;
}

void contacts_stop(void)
{
	ast_free(hosts.text);
	hosts.text = NULL;
	hosts.configuration = NULL;
}
