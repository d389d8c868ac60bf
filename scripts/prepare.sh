#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing of the Debian packages in scripts/packages.txt.
#
#   scripts/prepare.sh SECTION...
#
# Says which packages are missing. Installs them as root, or through sudo; where neither is
# possible it prints the command to run and ends with status 1. All it says goes to standard
# error. Nothing happens, and nothing is said, when everything is there.
set -eu
here=$(dirname "$0")

say() {
	printf '%s\n' "$*" >&2
}

packages_of() { # SECTION: its packages, one per line
	awk -v wanted="[$1]" '/^\[/ { inside = $0 == wanted; next }
		inside && !/^#/ && NF { print $1 }' "$here/packages.txt"
}

installed() { # PACKAGE
	case $(dpkg-query -W -f='${Status}\n' "$1" 2>/dev/null) in
	*'install ok installed'*) return 0 ;;
	*) return 1 ;;
	esac
}

wanted=
for section in "$@"; do
	wanted="$wanted $(packages_of "$section")"
done

if ! command -v dpkg-query >/dev/null 2>&1; then
	say "This is no Debian system, so nothing is installed here. What Debian calls these is needed:"
	say "  $(echo $wanted)"
	exit 0
fi

missing=
for package in $wanted; do
	case " $missing " in *" $package "*) continue ;; esac
	installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

say "These Debian packages are missing:$missing"
as_root=
if [ "$(id -u)" -ne 0 ]; then
	if command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
		as_root=sudo
		say "Installing them needs root; this is all that sudo is used for."
	else
		say "Installing them needs root. Run this as root, then start again:"
		say "  apt-get update && apt-get install -y --no-install-recommends$missing"
		exit 1
	fi
fi

update() {
	$as_root apt-get update -qq >&2
}

install() {
	$as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends $missing >&2
}

# A fresh machine or container has no package lists at all; one that slept long has stale ones.
if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; then
	update
fi
if ! install; then
	say "That did not work with the package lists that are here. Once more with new ones."
	update
	install
fi
