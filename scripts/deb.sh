#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the Debian package from the files of this tree, in build-deb/, and says where it is.
set -eu
cd "$(dirname "$0")/.."
version=$(dpkg-parsechangelog -S Version)
if ! grep -q "version: '$version'" meson.build; then
	echo "debian/changelog says version $version and meson.build another. Make them agree." >&2
	exit 1
fi
rm -rf build-deb
mkdir -p "build-deb/surrogate-$version"
# In a copy, because dpkg-buildpackage writes beside and into the folder it builds.
git ls-files -co --exclude-standard -z | tar --null -T - -cf - |
	tar -xf - -C "build-deb/surrogate-$version"
(cd "build-deb/surrogate-$version" && dpkg-buildpackage -b -us -uc >../build.log 2>&1) || {
	tail -30 build-deb/build.log >&2
	echo "The package was not built; build-deb/build.log has it all." >&2
	exit 1
}
ls build-deb/*.deb
