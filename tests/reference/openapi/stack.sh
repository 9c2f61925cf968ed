# Starts a stack for a script that sources this: `base` is its address, `token` that of an administrator, `work` a folder that goes
# with it.
stack=${CARGO_TARGET_DIR:-$here/../../target}/debug/vestibule
work=$(mktemp -d)
"$stack" --ephemeral --port 0 --parameter SignInsPerMinute=9999999 --log-level error >"$work/stack.log" 2>&1 &
pid=$!
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT

base=
for _ in $(seq 240); do
    base=$(sed -n 's/^API  *\(http[^ ]*\).*/\1/p' "$work/stack.log")
    [[ -n $base ]] && break
    sleep 0.5
done
[[ -n $base ]] || { cat "$work/stack.log" >&2 && exit 1; }
token=$(curl -sf "$base/_local/token/debug_tenant_admin")
