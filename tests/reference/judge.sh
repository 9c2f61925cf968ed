#!/usr/bin/env bash
# Holds `vestibule-ops verify-audit` against a judge that shares no code with it (judge/, in Go): both are given every sound export
# and every one that was tampered with (shared/chain/tests/cases), and must accept and refuse alike, ours by the right sentence.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../../target}/debug
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$target/examples/cases" "$folder"
cases=0 refused=0 differ=0
for case in "$folder"/*; do
    given=() known=() wanted=0 our=0 ours=0 theirs=0
    [[ ! -s $case/expected ]] || wanted=1
    # Of a checkpoint that is none ours says that nothing was judged.
    our=$wanted
    [[ ! -s $case/expected || $(<"$case/expected") != "the given checkpoint"* ]] || our=2
    [[ ! -f $case/checkpoint ]] || given=(--checkpoint "$case/checkpoint") known=(-checkpoint "$case/checkpoint")
    said=$("$target/vestibule-ops" verify-audit "$case/export.jsonl" --key "$case/keys" "${given[@]}" 2>&1) || ours=$?
    judged=$("$here/.cache/judge" -keys "$case/keys" "${known[@]}" "$case/export.jsonl" 2>&1) || theirs=$?
    if [[ $ours != "$our" || $theirs != "$wanted" || $said != *"$(<"$case/expected")"* ]]; then
        printf '%s\n  wanted %s: %s\n  ours   %s: %s\n  theirs %s: %s\n' \
            "${case##*/}" "$wanted" "$(<"$case/expected")" "$ours" "$said" "$theirs" "$judged"
        differ=$((differ + 1))
    fi
    cases=$((cases + 1)) refused=$((refused + wanted))
done
if ((differ > 0 || refused == 0 || refused == cases)); then
    echo "$differ of $cases cases are not judged alike, or not as they should be" >&2
    exit 1
fi
echo "$cases cases: both refuse/accept alike ($refused refused, $((cases - refused)) accepted)"
