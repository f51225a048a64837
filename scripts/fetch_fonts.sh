#!/bin/sh
# Unpack the six open Fandol fonts of Debian's texlive-lang-chinese into DIR (the whole package would be 268 MB).
# Exits 0 in any case: without them documents are printed in the Noto fonts.
set -u
dir=${1:?usage: fetch_fonts.sh DIR}
folder=usr/share/texlive/texmf-dist/fonts/opentype/public/fandol
names="FandolSong-Regular FandolSong-Bold FandolHei-Regular FandolHei-Bold FandolKai-Regular FandolFang-Regular"
complete() {
    for name in $names; do
        [ -s "$dir/$name.otf" ] || return 1
    done
}
give_up() {
    echo "Fandol fonts not fetched ($1); documents will be printed in Noto Serif CJK / Noto Sans CJK."
    exit 0
}

complete && exit 0
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || give_up "no apt-get or dpkg-deb here"
temp=$(mktemp -d) || give_up "no temporary folder"
trap 'rm -rf "$temp"' EXIT
cd_download() { (cd "$temp" && apt-get download -o APT::Sandbox::User=root texlive-lang-chinese) >"$temp/log" 2>&1; }
if ! cd_download; then
    # package lists may be missing or old on a fresh machine
    apt-get update >"$temp/update" 2>&1 || sudo -n apt-get update >"$temp/update" 2>&1
    cd_download || give_up "the package texlive-lang-chinese cannot be downloaded"
fi
dpkg-deb --fsys-tarfile "$temp"/texlive-lang-chinese_*.deb | tar -x -C "$temp" "./$folder" 2>"$temp/log" \
    || give_up "the package cannot be unpacked"
mkdir -p "$dir" || give_up "$dir cannot be written"
for name in $names; do
    # by way of a second name, so that a stop in the middle leaves no half font
    cp "$temp/$folder/$name.otf" "$dir/.part" && mv "$dir/.part" "$dir/$name.otf" || give_up "$dir cannot be written"
done
echo "Fandol fonts unpacked into $dir"
