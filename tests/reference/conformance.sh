#!/usr/bin/env bash
# Sends what docs/openapi.json allows to a running stack, and holds every answer against it: no fault of the server, no
# status, content type or body that is not described.
#   conformance.sh [examples]      examples for each operation, 60 unless given
# Three operations are left out: they would end the session of the run, or its membership.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
document=$here/../../docs/openapi.json
# shellcheck source=openapi/stack.sh
source "$here/openapi/stack.sh"

# It leaves what it learnt in the folder where it runs. Its access token lasts a quarter of an hour.
cd "$work"
timeout 840 "$here/.cache/venv/openapi/bin/schemathesis" run "$(realpath "$document")" --url "$base" \
    --header "Authorization: Bearer $token" --phases examples,fuzzing,stateful \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --max-examples "${1:-60}" --workers 1 --request-timeout 30 --seed 1 --generation-database none \
    --continue-on-failure --suppress-health-check all --no-color \
    --exclude-operation-id logout --exclude-operation-id end_session --exclude-operation-id leave_tenant \
    >report.txt 2>&1 || { cat report.txt >&2 && exit 1; }
grep -E 'generated,|passed' report.txt
