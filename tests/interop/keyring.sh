#!/usr/bin/env bash
# A client secret and a token in a real keyring, unlocked and locked: bash tests/interop/keyring.sh PROGRAM
# Starts a D-Bus and a gnome-keyring of its own in a folder of its own; the person's keyring is not touched.
set -euo pipefail

if [[ -z ${INSIDE_DBUS:-} ]]; then
    for tool in dbus-run-session gnome-keyring-daemon dbus-send; do
        command -v "$tool" >/dev/null || { echo "skipped: $tool is missing"; exit 0; }
    done
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    mkdir -m 700 "$folder/run" "$folder/home"
    program=$(realpath "$1")
    INSIDE_DBUS=1 HOME="$folder/home" XDG_RUNTIME_DIR="$folder/run" XDG_DATA_HOME="$folder/home/data" \
        XDG_CACHE_HOME="$folder/home/cache" DISPLAY="" dbus-run-session -- bash "$0" "$program" 2>"$folder/noise" ||
        { cat "$folder/noise"; exit 1; }
    exit 0
fi

program=$1
cd "$HOME"
# The demo on ports that are its own for this run; a token is got with the secret out of the keyring.
"$program" serve --auth-port 0 --api-port 0 --keys keys.json >served 2>/dev/null &
server=$!
trap 'kill $server' EXIT
until grep -q issuer served; do kill -0 $server; done
issuer=$(awk '/issuer/ { print $NF; exit }' served)
cat >profiles.toml <<END
[providers.own]
issuer = "$issuer"
[profiles.tester]
provider = "own"
client_id = "testapiclient1"
client_secret = { keyring = "own/tester" }
token_cache = "keyring"
[profiles.bob]
provider = "own"
client_id = "demo-legacy"
grant = "password"
username = "bob"
password = "bob"
scopes = ["openid"]
remember = true
END
export TOKENSCOPE_PROFILES="$HOME/profiles.toml"

# expect CODE WORDS COMMAND..: what it ends with and says, on either stream.
expect() {
    local code=$1 words=$2 said ended=0
    shift 2
    said=$("$@" 2>&1) || ended=$?
    if [[ $ended != "$code" || $said != *"$words"* ]]; then
        printf 'FAILED: %s\nexpected %s and "%s", got %s and\n%s\n' "$*" "$code" "$words" "$ended" "$said"
        exit 1
    fi
    if [[ $said == *demo-secret* ]]; then
        printf 'FAILED: %s shows the secret\n' "$*"
        exit 1
    fi
    printf 'ok: %s\n' "${*#"$program"}"
}
keep() { printf demo-secret | "$program" secret set tester; }

printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null
expect 1 "it is not there" "$program" secret where tester
expect 2 "tokenscope secret set tester" "$program" token tester
expect 0 "kept in the keyring" keep
expect 0 "it is there" "$program" secret where tester
expect 0 "eyJ" "$program" token tester
# The second run renews the login of the first, which stays the same session; after logout it is another one.
session() { "$program" token bob | "$program" decode - --json | grep -o '"sid": *"[^"]*"'; }
began=$(session)
[[ $(session) == "$began" && $(session) == "$began" ]] || { echo "FAILED: the login was not remembered"; exit 1; }
echo "ok: a login that is remembered and renewed, twice"
expect 0 "removed from the keyring" "$program" logout bob
[[ $(session) != "$began" ]] || { echo "FAILED: logout left the login in the keyring"; exit 1; }
echo "ok: a login that was forgotten"
# The token is in the keyring too: without the authorization server it is still had, and so is the next one's.
first=$("$program" token tester)
kill $server
wait $server 2>/dev/null || true
trap - EXIT
[[ $("$program" token tester) == "$first" ]] || { echo "FAILED: the kept token is not the same"; exit 1; }
echo "ok: a token out of the keyring"
expect 0 "removed" "$program" secret rm tester
expect 0 "there was none" "$program" secret rm tester
expect 0 "kept in the keyring" keep

dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
    org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null
expect 1 "the keyring is locked" "$program" secret where tester
expect 2 "the keyring is locked" keep
echo "the keyring: all as it should be"
