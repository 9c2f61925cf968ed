#!/usr/bin/env bash
# Judges the API's description: two linters, and two generators of clients, whose output must compile.
#   openapi.sh [document]      docs/openapi.json unless given
# Prints one line for each with its result, and what the failed ones said. `setup.sh openapi` installs the tools.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
document=$(realpath "${1:-$here/../../docs/openapi.json}")
tools=$here/openapi
bin=$tools/node_modules/.bin
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# Else it looks for a newer version of itself and reports that it was used.
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
# Else each of its files is a line.
export JAVA_OPTS=-Dlog.level=warn

redocly() {
    "$bin/redocly" lint --config "$tools/redocly.yaml" --format stylish "$document"
}

spectral() {
    "$bin/spectral" lint --ruleset "$tools/.spectral.yaml" --fail-severity error "$document"
}

# Without `skipLibCheck`, by which the generated declarations would not be looked at.
compile() {
    "$bin/tsc" --strict --noEmit --target es2022 --module es2022 --moduleResolution bundler \
        --lib es2022,dom,dom.iterable "$@"
}

# The types of a document that lacks half of the API compile as well, so they are also used.
types() {
    mkdir "$out/types" && cp "$tools/calls.ts" "$out/types" && ln -s "$tools/node_modules" "$out/types" &&
        "$bin/openapi-typescript" "$document" --output "$out/types/api.d.ts" &&
        compile "$out/types/api.d.ts" "$out/types/calls.ts"
}

client() {
    "$here/.cache/venv/openapi/bin/openapi-generator-cli" generate --generator-name typescript-fetch \
        --input-spec "$document" --output "$out/client" && compile "$out/client/index.ts"
}

failed=()
for check in redocly spectral types client; do
    if "$check" >"$out/$check.log" 2>&1; then
        echo "openapi $check: passed"
    else
        echo "openapi $check: FAILED"
        failed+=("$check")
    fi
done
for check in "${failed[@]}"; do
    printf '\n-- %s\n' "$check"
    cat "$out/$check.log"
done
((${#failed[@]} == 0))
