#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the tree in DIRECTORY. The options count when the directory is made; later they are the
# ones it has (change them with `meson configure`). All output goes to standard error.
#
#   [CC=clang] scripts/build.sh DIRECTORY [MESON OPTION...]
set -eu
cd "$(dirname "$0")/.."
directory=$1
shift
{
	# meson.build asks for Debian's own meson: a python environment may hide it behind another.
	if [ ! -f "$directory/build.ninja" ]; then
		/usr/bin/meson setup "$directory" "$@"
	fi
	ninja --quiet -C "$directory"
} >&2
