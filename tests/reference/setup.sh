#!/usr/bin/env bash
# Installs the pinned outside tools of the reference tests beneath .cache/ (git-ignored); does nothing when they are current.
# Without arguments all of them, else those named: moto lint sam build jwt identity mailboxes asl-lint oidc openapi cargo-deny judge
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$here/.cache
cargo_deny=0.20.2

virtualenv() {
    local name=$1 venv=$cache/venv/$1
    cmp -s "$here/requirements-$name.txt" "$venv/requirements.txt" && return
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements-$name.txt"
    "$venv/bin/pip" check
    cp "$here/requirements-$name.txt" "$venv/requirements.txt"
}

node_modules() {
    local lock=$here/$1/package-lock.json modules=$here/$1/node_modules
    cmp -s "$lock" "$modules/package-lock.json" && return
    (cd "$here/$1" && npm ci --no-audit --no-fund --loglevel=error)
    cp "$lock" "$modules/package-lock.json"
}

cargo_deny() {
    [[ $("$cache/cargo/bin/cargo-deny" --version 2>/dev/null) == "cargo-deny $cargo_deny" ]] && return
    # A folder of its own: that of the workspace is locked while something is built there.
    cargo install --quiet --locked --debug --version "$cargo_deny" --root "$cache/cargo" \
        --target-dir "$cache/cargo/build" cargo-deny
    rm -rf "$cache/cargo/build"
}

judge() {
    (cd "$here/judge" && go build -buildvcs=false -o "$cache/judge" .)
}

mkdir -p "$cache"
for tool in "${@:-all}"; do
    case $tool in
        all) exec "$0" moto lint sam build jwt identity mailboxes asl-lint oidc openapi cargo-deny judge ;;
        moto | lint | sam | build | jwt | identity | mailboxes) virtualenv "$tool" ;;
        asl-lint | oidc) node_modules "$tool" ;;
        openapi)
            virtualenv openapi
            node_modules openapi
            ;;
        cargo-deny) cargo_deny ;;
        judge) judge ;;
        *)
            sed -n '2,3p' "$0"
            exit 2
            ;;
    esac
done
