#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The mechanical checks of the sources.
#
#   scripts/lint.sh format    the layout is what clang-format makes of it, the first line says the
#                             licence, and no file has over 900 lines
#   scripts/lint.sh apply     lets clang-format write that layout
#   scripts/lint.sh tidy      clang-tidy (see .clang-tidy) and cppcheck; takes minutes
set -eu
cd "$(dirname "$0")/.."

sources() {
	git ls-files -co --exclude-standard '*.c' '*.h'
}

check_format() {
	status=0
	sources | xargs clang-format --dry-run -Werror || status=1
	for file in $(sources); do
		if ! head -1 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0'; then
			echo "$file: its first line should be /* SPDX-License-Identifier: Apache-2.0 */"
			status=1
		fi
		lines=$(wc -l <"$file")
		if [ "$lines" -gt 900 ] && [ "${file#src/}" != "$file" ]; then
			echo "$file: $lines lines; a file is about one thing, split it"
			status=1
		fi
	done
	return $status
}

tidy() {
	status=0
	CC=clang scripts/build.sh build-test -Db_sanitize=address,undefined -Db_lundef=false \
		-Dfaults=true
	git ls-files 'src/*.c' | xargs -n 4 -P 2 clang-tidy --quiet -p build-test || status=1
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr -j 2 \
		--suppress=varFuncNullUB -I include -I src \
		-D_GNU_SOURCE -D__GNUC__ --enable=warning,portability src || status=1
	return $status
}

case ${1-} in
format) check_format ;;
apply) sources | xargs clang-format -i ;;
tidy) tidy ;;
*)
	echo "usage: scripts/lint.sh format|apply|tidy" >&2
	exit 2
	;;
esac
