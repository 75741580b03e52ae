/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Where a phone says that it is
 *
 * A phone may register a Contact at the host of a trunk, or one that is sent there. Then whoever calls it is outside, at the cost of the PBX.
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
#define PJSIP "PJSIP/"
/*! What Asterisk is asked for all that an endpoint has registered. */
#define ALL_CONTACTS "PJSIP_DIAL_CONTACTS(%s)"

/*! \brief Cuts the host off where it begins, and makes it comparable. [::1] is ::1 */
static char *cut_host(char *host)
{
	if (*host == '[') {
		host++;
		host[strcspn(host, "]")] = '\0';
	} else {
		host[strcspn(host, ":;?> ")] = '\0';
	}
	return ast_str_to_lower(host);
}

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
	return cut_host(host);
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
	char question[AST_CHANNEL_NAME + sizeof(ALL_CONTACTS)], uris[URIS], *rest = uris, *uri, *found;

	snprintf(question, sizeof(question), ALL_CONTACTS, trunk);
	if (ast_func_read(chan, question, uris, sizeof(uris))) {
		return;
	}
	while ((uri = strsep(&rest, "&"))) {
		if ((found = host_of(uri))) {
			ast_str_append(&hosts.text, 0, "%s\n", found);
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

		if (!strncmp(trunk, PJSIP, strlen(PJSIP))) {
			add_hosts(chan, trunk + strlen(PJSIP));
		}
	}
	hosts.configuration = configuration;
	hosts.since = ast_tvnow();
}

/*! \brief Is this the host of a trunk? Without memory that is not known: then it counts as one */
static int is_of_trunk(const char *host)
{
	char wanted[URIS + 2];

	snprintf(wanted, sizeof(wanted), "\n%s\n", host);
	return !hosts.text || strstr(ast_str_buffer(hosts.text), wanted) != NULL;
}

/*! \brief Does `maddr` of a URI send it to another host than that which it names? Phones have no use for that */
static int leads_elsewhere(const char *uri, const char *host)
{
	static const char maddr[] = ";maddr=";
	const char *next = uri;

	while ((next = strcasestr(next, maddr))) {
		char value[URIS];

		next += strlen(maddr);
		ast_copy_string(value, next, sizeof(value));
		if (strcmp(cut_host(value), host)) {
			return 1;
		}
	}
	return 0;
}

/*!
 * \brief May a Contact of this phone have headers, sip:102@host?Route=… ?
 *
 * They go into the INVITE, and a Route sends it anywhere. Of the URI that is rung Asterisk does not show them: so it is looked at all that the
 * phone has registered. A phone of another channel driver has none.
 */
static int may_have_headers(struct ast_channel *chan)
{
	char name[AST_CHANNEL_NAME], question[AST_CHANNEL_NAME + sizeof(ALL_CONTACTS)], uris[URIS], *dash;

	name_of(chan, name);
	if (strncmp(name, PJSIP, strlen(PJSIP)) || !(dash = strrchr(name, '-'))) {
		return 0;
	}
	*dash = '\0';
	snprintf(question, sizeof(question), ALL_CONTACTS, name + strlen(PJSIP));
	if (ast_func_read(chan, question, uris, sizeof(uris))) {
		return 0;
	}
	/* What did not fit is not known. */
	return strchr(uris, '?') || strlen(uris) == sizeof(uris) - 1;
}

int contact_is_outside(struct configuration *configuration, struct ast_channel *chan)
{
	char uri[URIS], *host;
	int found;

	if (ast_func_read(chan, "CHANNEL(pjsip,target_uri)", uri, sizeof(uri)) || !(host = host_of(ast_strdupa(uri)))) {
		return 0;
	}
	if (leads_elsewhere(uri, host) || may_have_headers(chan)) {
		return 1;
	}
	ast_mutex_lock(&hosts_lock);
	ask_for_hosts(configuration, chan);
	found = is_of_trunk(host);
	ast_mutex_unlock(&hosts_lock);
	return found;
}

void contacts_stop(void)
{
	ast_free(hosts.text);
	hosts.text = NULL;
	hosts.configuration = NULL;
}
