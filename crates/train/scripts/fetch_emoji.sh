#!/bin/sh
# Fetches the emoji packages that the data set is built from: nine styles and the English names.
#
#     crates/train/scripts/fetch_emoji.sh FOLDER
#
# Asks the npm registry that `npm config get registry` names for 33 MB, checks every archive, and unpacks 92 MB into
# FOLDER. Nothing in the packages is run. Archives that are already there and whole are not fetched again.
# Needs npm, tar and sha256sum: `apt-get install npm coreutils` on Debian.
# Then: cargo run --release -- data build FOLDER emoji.weftdata
set -eu

[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
for tool in npm tar sha256sum; do
    command -v "$tool" >/dev/null || { echo "$tool is missing; install it first (see the top of $0)" >&2; exit 1; }
done
mkdir -p "$1"
cd "$1"

while read -r sum package version parts; do
    archive=$(echo "$package" | tr -d @ | tr / -)-$version.tgz
    if ! echo "$sum  $archive" | sha256sum --check --status 2>/dev/null; then
        npm pack --silent --ignore-scripts "$package@$version" </dev/null >/dev/null
        echo "$sum  $archive" | sha256sum --check --status || {
            echo "$archive is not the archive that was expected: its SHA-256 differs" >&2
            exit 1
        }
    fi
    rm -rf "$package.part" "$package"
    mkdir -p "$package.part"
    # shellcheck disable=SC2086 # several parts
    tar -xzf "$archive" --strip-components=1 -C "$package.part" package/package.json $parts
    mv "$package.part" "$package"
    echo "$package $version"
done <<'LIST'
d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a emojibase-data 17.0.0 package/en package/meta package/LICENSE
c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58 @lobehub/fluent-emoji-3d 1.1.0 package/assets
7d064769dee690815f823bc5bcc511d957198caf9f5edd8dd9c1aa48a6aeb175 @iconify-json/fluent-emoji-flat 1.2.6 package/icons.json package/chars.json
0b92d48c90d2200bd499e3cdd09a127ca6a8c8ddefd34c35eb5a1e4994012ae0 @iconify-json/fluent-emoji-high-contrast 1.2.6 package/icons.json package/chars.json
3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad @iconify-json/noto 1.2.9 package/icons.json package/chars.json
2bf62c26c2c2884aa99e90aec942cdaee17a5921f05690694f4978ad4b017c37 @iconify-json/noto-v1 1.2.5 package/icons.json package/chars.json
f3e72b3c59d05e1db03b7e308d55c0d05bd7ba3f625a90da1b79313c12858eef @iconify-json/fxemoji 1.2.2 package/icons.json package/chars.json
19046dff7d8707ce96212ec86468b36ac5f8e60409629dd13f809265c6d0ebb7 @iconify-json/twemoji 1.2.5 package/icons.json package/chars.json
26a14f44284407e8bcde91799388dca2bfd91dbcd55a97f425524a1c5b73610e @iconify-json/emojione 1.2.3 package/icons.json package/chars.json
40b90004bafb406b59266155ef9b7e1dd67bf2947fc8db8d07388776f4d0d04e @iconify-json/emojione-monotone 1.2.1 package/icons.json package/chars.json
LIST
