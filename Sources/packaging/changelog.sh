#!/bin/sh
# SPDX-License-Identifier: MIT
# A Debian package's own debian/changelog: changelog.sh SOURCE VERSION ARCHIVE. CHANGELOG.md says what changed in callprop. The date is
# that of the archive, so that two builds are the same.
set -eu
cat <<END_OF_CHANGELOG
$1 ($2-1) unstable; urgency=medium

  * callprop $2; changelog.gz in the same folder says what changed.

 -- The callprop authors <callprop@example.org>  $(date -u -R -d "$(tar -tvzf "$3" --utc --full-time | sed -n '1s/.* \([0-9-]* [0-9:]*\) .*/\1/p')")
END_OF_CHANGELOG
