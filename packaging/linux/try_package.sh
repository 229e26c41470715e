#!/bin/sh
# Installs the Debian package of a folder on a clean system, tries the program, removes it, and fails where anything of
# it is left but what the user made; then the same with the tarball. Run as root in a container: try_package.sh FOLDER
set -eu
export DEBIAN_FRONTEND=noninteractive QT_QPA_PLATFORM=offscreen
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$1"/trimtab_*.deb >/tmp/install.log 2>&1 || { cat /tmp/install.log; exit 1; }

books=/tmp/adviser/books
mkdir -p "$books"
export HOME=/tmp/adviser
trimtab --version
trimtab doctor
trimtab --smoke /tmp/smoke >/tmp/smoke.json || exit 1
trimtab --picture /tmp/window.png
cd /tmp/adviser
trimtab demo >/dev/null
cat >positions.csv <<'END'
As of,Account Number,Account Name,Symbol,Description,Quantity,Price,Market Value,Cost Basis,Date Acquired
2026-06-30,7001,Joint Taxable,VTI,Total Stock Market ETF,310,300.00,"93,000.00","41,200.00",2015-04-02
2026-06-30,7001,Joint Taxable,Cash,Cash,,,"4,210.44",,
END
trimtab import positions.csv >/dev/null
trimtab rebalance positions.csv --out trades.xlsx --report report.pdf >/dev/null
test -s trades.xlsx
test "$(head -c 4 report.pdf)" = %PDF
rm positions.csv trades.xlsx report.pdf
printf 'four words that do\n' >/tmp/passphrase
trimtab book add "$books/clients.trimtab" trimtab-demo/household.json --passphrase-file /tmp/passphrase
trimtab book rebalance "$books/clients.trimtab" --workers 2 --passphrase-file /tmp/passphrase
trimtab book verify "$books/clients.trimtab" --passphrase-file /tmp/passphrase
rm -r trimtab-demo
trimtab doctor --forget --yes

apt-get purge -y -qq trimtab >/dev/null
left=$(find / -xdev \( -path /proc -o -path /sys -o -path /scripts -o -path /dist -o -path /var/lib/apt -o -path /var/cache \
    -o -path /var/log -o -path /tmp/smoke \) -prune -o -iname '*trimtab*' -print | grep -v "^$books/" || true)
others=$(find "$HOME" -type f ! -path "$books/*")
if [ -n "$left$others" ]; then
    printf 'Left behind:\n%s\n%s\n' "$left" "$others"
    exit 1
fi
ls -l "$books"
echo "Removed: nothing is left but the books."

# The tarball, on the libraries that the package has left here.
apt-get install -y -qq --no-install-recommends xz-utils >/tmp/install.log 2>&1
mkdir /tmp/unpacked
tar -xJf "$1"/trimtab-*-linux-*.tar.xz -C /tmp/unpacked --strip-components=1
/tmp/unpacked/install.sh
"$HOME/.local/bin/trimtab" --smoke /tmp/smoke-of-tarball >/dev/null
"$HOME/.local/bin/trimtab" book verify "$books/clients.trimtab" --passphrase-file /tmp/passphrase
"$HOME/.local/bin/trimtab" doctor --forget --yes
"$HOME/.local/opt/trimtab/install.sh" --uninstall
others=$(find "$HOME" -mindepth 1 ! -path "$books*" ! -path "$HOME/.cache*")
if [ -n "$others" ]; then
    printf 'Left behind:\n%s\n' "$others"
    exit 1
fi
echo "The tarball: nothing is left but the books."
