#!/bin/sh
# Installs Trimtab for the present user, without root: the program to ~/.local/opt, its command to ~/.local/bin, its
# menu entry, icons and file type to ~/.local/share. `./install.sh --uninstall` takes all of it away again and leaves
# books, settings and data alone (`trimtab doctor --forget` removes settings and caches).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
opt=$HOME/.local/opt/trimtab
bin=$HOME/.local/bin
sizes="16 24 32 48 64 128 256 512"

refresh() {
    if command -v update-mime-database >/dev/null 2>&1; then update-mime-database "$data/mime" >/dev/null 2>&1 || true; fi
    if command -v update-desktop-database >/dev/null 2>&1; then update-desktop-database "$data/applications" || true; fi
}

remove() {
    rm -rf "$opt"
    rm -f "$bin/trimtab" "$data/applications/trimtab.desktop" "$data/mime/packages/trimtab.xml"
    for size in $sizes; do
        rm -f "$data/icons/hicolor/${size}x$size/apps/trimtab.png"
        rm -f "$data/icons/hicolor/${size}x$size/mimetypes/application-x-trimtab-book.png"
    done
}

# The folders that installing made, and the system's lists of what is in them, where nobody else has put anything there.
leave_no_empty_folder() {
    for size in $sizes; do
        folder=$data/icons/hicolor/${size}x$size
        for place in "$folder/apps" "$folder/mimetypes" "$folder"; do empty "$place" || true; done
    done
    if empty "$data/mime/packages"; then
        for name in XMLnamespaces aliases generic-icons globs globs2 icons magic mime.cache subclasses treemagic types version; do
            rm -f "$data/mime/$name"
        done
    fi
    set -- "$data"/applications/*.desktop
    if [ ! -e "$1" ]; then rm -f "$data/applications/mimeinfo.cache"; fi
    for place in icons/hicolor icons mime/application mime applications; do empty "$data/$place" || true; done
    for place in "$HOME/.local/opt" "$bin" "$data" "$HOME/.local"; do empty "$place" || true; done
}

empty() { rmdir "$1" 2>/dev/null; }

case "${1:-}" in
--uninstall)
    remove
    refresh
    leave_no_empty_folder
    echo "Trimtab is removed. Your books are where you put them."
    exit 0
    ;;
"") ;;
*)
    echo "usage: $0 [--uninstall]" >&2
    exit 2
    ;;
esac

remove
mkdir -p "$opt" "$bin" "$data/applications" "$data/mime/packages"
cp -R "$here/trimtab/." "$opt"
cp "$here/install.sh" "$opt/install.sh"
ln -s "$opt/trimtab" "$bin/trimtab"
sed "s|^Exec=trimtab|Exec=\"$bin/trimtab\"|" "$here/share/trimtab.desktop" >"$data/applications/trimtab.desktop"
cp "$here/share/trimtab-mime.xml" "$data/mime/packages/trimtab.xml"
for size in $sizes; do
    folder=$data/icons/hicolor/${size}x$size
    mkdir -p "$folder/apps" "$folder/mimetypes"
    cp "$here/share/icons/trimtab-$size.png" "$folder/apps/trimtab.png"
    cp "$here/share/icons/trimtab-$size.png" "$folder/mimetypes/application-x-trimtab-book.png"
done
refresh
echo "Trimtab is installed: $bin/trimtab. To remove it: $opt/install.sh --uninstall"
case ":$PATH:" in *":$bin:"*) ;; *) echo "Note: $bin is not in your PATH; the menu entry works all the same." ;; esac
