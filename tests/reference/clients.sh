#!/usr/bin/env bash
# Runs the clients that openapi-typescript and openapi-generator make of docs/openapi.json against a running stack
# (openapi/run.ts). `setup.sh openapi` installs the tools, `cargo build` makes the stack.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
document=$(realpath "$here/../../docs/openapi.json")
# shellcheck source=openapi/stack.sh
source "$here/openapi/stack.sh"
export JAVA_OPTS=-Dlog.level=warn
cp "$here/openapi/run.ts" "$here/openapi/calls.ts" "$work"
ln -s "$here/openapi/node_modules" "$work/node_modules"
cd "$work"
node_modules/.bin/openapi-typescript "$document" --output api.d.ts >/dev/null
"$here/.cache/venv/openapi/bin/openapi-generator-cli" generate --generator-name typescript-fetch \
    --input-spec "$document" --output client >/dev/null
node_modules/.bin/tsc --strict --target es2022 --module commonjs --moduleResolution node10 --ignoreDeprecations 5.0 \
    --esModuleInterop --skipLibCheck --lib es2022,dom,dom.iterable --outDir out run.ts
node out/run.js "$base" "$token"
