#!/bin/sh
# Puts the signing certificate and the notary's credentials of a hosted build into a keychain of its own, and tells the
# later steps of them. Without a certificate nothing is done, and the build is unsigned.
set -eu
if [ -z "${CERTIFICATE:-}" ]; then
    echo "No certificate: what is built will not be signed."
    exit 0
fi
keychain=$RUNNER_TEMP/trimtab.keychain-db
password=$(uuidgen)
printf '%s' "$CERTIFICATE" | base64 --decode >"$RUNNER_TEMP/certificate.p12"
security create-keychain -p "$password" "$keychain"
security set-keychain-settings -lut 21600 "$keychain"
security unlock-keychain -p "$password" "$keychain"
security import "$RUNNER_TEMP/certificate.p12" -k "$keychain" -P "$CERTIFICATE_PASSWORD" -T /usr/bin/codesign
rm "$RUNNER_TEMP/certificate.p12"
security set-key-partition-list -S apple-tool:,apple: -k "$password" "$keychain" >/dev/null
security list-keychains -d user -s "$keychain" login.keychain-db
echo "TRIMTAB_MAC_IDENTITY=$IDENTITY" >>"$GITHUB_ENV"
if [ -n "${NOTARY_PASSWORD:-}" ]; then
    xcrun notarytool store-credentials trimtab --apple-id "$NOTARY_APPLE_ID" --team-id "$NOTARY_TEAM" \
        --password "$NOTARY_PASSWORD" --keychain "$keychain"
    echo "TRIMTAB_MAC_NOTARY=trimtab" >>"$GITHUB_ENV"
fi
