/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Names that callprop.conf may have for numbers and devices
 *
 * What nobody can dial, and no channel is called, would never count, and nobody would notice: `101,102 =`, `_10X =`, `trunk = "PJSIP/trunk"`.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/strings.h"

#include "conf_file.h"

const char *wrong_number(const char *number)
{
	if (*number == '_') {
		return "a pattern of the dialplan is none here: write each number";
	}
	/* A - counts for nothing. */
	return is_plain_number(number) && number[strspn(number, "-")]
		? NULL
		: "expected one number as it is dialled, of letters, digits and +*#._~-";
}

const char *wrong_device(const char *device, int may_be_pattern)
{
	const char *slash = strchr(device, '/'), *star = strchr(device, '*');

	if (is_local(device)) {
		return "a Local channel is no device";
	}
	/* Asterisk has names of any kind for devices; but these are those of several, or of one in quotes. */
	if (!is_printable(device) || strpbrk(device, ",&\"'") || *device == ' ') {
		return "expected one device, such as PJSIP/101, without quotes";
	}
	if (may_be_pattern && star && !star[1]) {
		return NULL;
	}
	if (star) {
		return may_be_pattern ? "a * stands for anything at the end alone"
							  : "expected one device: a * stands for nothing here";
	}
	return slash && slash != device && slash[1] ? NULL : "expected a device with its channel driver, such as PJSIP/101";
}
