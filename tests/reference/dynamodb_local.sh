#!/usr/bin/env bash
# Amazon's DynamoDB Local, in memory, on 127.0.0.1.
#   dynamodb_local.sh start [-port N]   fetches it once, starts it, prints its URL (a free port unless given)
#   dynamodb_local.sh stop              stops the one that was started
#   dynamodb_local.sh prove             starts one, checks tables, transactions and streams, stops it
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$here/.cache/dynamodb-local
pid_file=$cache/pid

fetch() {
    local stamp=$cache/pom.xml
    cmp -s "$here/dynamodb-local/pom.xml" "$stamp" && return
    rm -rf "$cache/lib"
    mkdir -p "$cache/lib"
    mvn --batch-mode --quiet --file "$here/dynamodb-local/pom.xml" \
        org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$cache/lib" >&2
    javac -cp "$cache/lib/*" -d "$cache" "$here/dynamodb-local/Loopback.java" >&2
    cp "$here/dynamodb-local/pom.xml" "$stamp"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    local port=
    [[ ${1:-} == -port ]] && port=$2
    [[ -n $port ]] || port=$(free_port)
    fetch
    stop
    (
        cd "$cache"
        exec java -cp "$cache:$cache/lib/*" -Dsqlite4java.library.path="$cache/lib" -Xmx512m \
            Loopback -inMemory -sharedDb -disableTelemetry -port "$port"
    ) >"$cache/log" 2>&1 &
    local pid=$!
    echo "$pid" >"$pid_file"
    for _ in $(seq 150); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "http://127.0.0.1:$port"
            return
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.2
    done
    cat "$cache/log" >&2
    return 1
}

stop() {
    [[ -f $pid_file ]] || return 0
    kill "$(cat "$pid_file")" 2>/dev/null || true
    rm -f "$pid_file"
}

case ${1:-} in
    start) start "${@:2}" ;;
    stop) stop ;;
    prove)
        trap stop EXIT
        "$here/.cache/venv/moto/bin/python" "$here/dynamodb_local_prove.py" "$(start)"
        ;;
    *)
        sed -n '2,5p' "$0"
        exit 2
        ;;
esac
