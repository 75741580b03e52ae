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

#include <arpa/inet.h>
#include <netinet/in.h>

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

/*! \brief Writes an address in the one way in which it is compared: 127.2, 2130706434 and ::ffff:127.0.0.2 are other ways to write 127.0.0.2 */
static void rewrite_address(char host[URIS])
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET6, host, &six) == 1) {
		if (IN6_IS_ADDR_V4MAPPED(&six)) {
			inet_ntop(AF_INET, &six.s6_addr[12], host, URIS);
		} else {
			inet_ntop(AF_INET6, &six, host, URIS);
		}
	} else if (inet_aton(host, &four)) {
		inet_ntop(AF_INET, &four, host, URIS);
	}
}

/*! \brief Copies the host that begins here, and makes it comparable. [::1%eth0] is ::1, and a name may have a dot behind */
static void copy_host(const char *from, char host[URIS])
{
	size_t length;

	ast_copy_string(host, *from == '[' ? from + 1 : from, URIS);
	host[strcspn(host, *from == '[' ? "]%" : ":;?> ")] = '\0';
	for (length = strlen(host); length && host[length - 1] == '.'; length--) {
		host[length - 1] = '\0';
	}
	ast_str_to_lower(host);
	rewrite_address(host);
}

/*! \brief Copies the host out of sip:user@host:port;parameters. \return 0, or -1 when there is none */
static int host_of(const char *uri, char host[URIS])
{
	const char *from = strchr(uri, ':');
	char address[URIS], *at;

	if (!from) {
		return -1;
	}
	ast_copy_string(address, from + 1, sizeof(address));
	/* The host comes after the last @; a user may have parameters, too. What is quoted is none of that: …@host;x="@other" */
	address[strcspn(address, "\"")] = '\0';
	copy_host((at = strrchr(address, '@')) ? at + 1 : address, host);
	return 0;
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
	char question[CHANNEL_NAME_SIZE + sizeof(ALL_CONTACTS)], uris[URIS], found[URIS], *rest = uris, *uri;

	snprintf(question, sizeof(question), ALL_CONTACTS, trunk);
	if (ast_func_read(chan, question, uris, sizeof(uris))) {
		return;
	}
	while ((uri = strsep(&rest, "&"))) {
		if (!host_of(uri, found)) {
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
		copy_host(next, value);
		if (strcmp(value, host)) {
			return 1;
		}
	}
	return 0;
}

/*!
 * \brief May a Contact of this phone have headers, sip:102@host?Route=… ?
 *
 * They go into the INVITE, and a Route sends it anywhere. Of the URI that is rung Asterisk does not show them: so it is looked at all that the
 * phone has registered.
 */
static int may_have_headers(struct ast_channel *chan)
{
	char name[CHANNEL_NAME_SIZE], question[CHANNEL_NAME_SIZE + sizeof(ALL_CONTACTS)], uris[URIS], *dash;

	name_of(chan, name);
	if ((dash = strrchr(name, '-'))) {
		*dash = '\0';
	}
	snprintf(question, sizeof(question), ALL_CONTACTS, name + strlen(PJSIP));
	/* What cannot be read, or did not fit, is not known. */
	return ast_func_read(chan, question, uris, sizeof(uris)) || strchr(uris, '?') || strlen(uris) == sizeof(uris) - 1;
}

/*! \brief Reads which URI is rung, without the dialplan's CHANNEL(), whose module may not be there. \return 0, or -1 */
static int read_target(struct ast_channel *chan, char uri[URIS])
{
	const struct ast_channel_tech *tech = ast_channel_tech(chan);
	char what[] = "pjsip,target_uri";

	return tech->func_channel_read ? tech->func_channel_read(chan, "CHANNEL", what, uri, URIS) : -1;
}

int contact_is_outside(struct configuration *configuration, struct ast_channel *chan)
{
	char name[CHANNEL_NAME_SIZE], uri[URIS], host[URIS];
	int found;

	name_of(chan, name);
	if (strncmp(name, PJSIP, strlen(PJSIP))) {
		/* A phone of another channel driver registers none. */
		return 0;
	}
	/* Where it leads is not known, or it leads elsewhere. */
	if (read_target(chan, uri) || host_of(uri, host) || leads_elsewhere(uri, host) || may_have_headers(chan)) {
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
