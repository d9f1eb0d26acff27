# What the benchmarks of the API share; sourced, after `set -euo pipefail`, from the root of the checkout.
# Makes a home of its own with a PostgreSQL server in it, and removes everything at the end.

home=$(mktemp -d "${TMPDIR:-/tmp}/cy-bench-XXXXXX")
chmod 755 "$home"
pids=()
stop() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
    rm -rf "$home"
}
trap stop EXIT

free_port() { while port=$((20000 + RANDOM % 20000)); (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done; echo "$port"; }
wait_for() { for _ in $(seq 600); do curl -fsS -o /dev/null "$1" 2>/dev/null && return; sleep 0.1; done; echo "$1 does not answer" >&2; exit 1; }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
ask() { psql "$1" -XAtq -v ON_ERROR_STOP=1 -c "$2"; }
environment() { tr '\0' '\n' <"/proc/$1/environ"; }

# One address sends everything here, far more than a person: the limits stay in the way of every request, but high.
for group in ACCOUNT READ WRITE MESSAGE PUBLISH; do
    export CLIPYARD_LIMIT_${group}_PER_USER=1000000/1 CLIPYARD_LIMIT_${group}_PER_ADDRESS=1000000/1
done
# One user publishes the same clip again and again.
export CLIPYARD_UPLOAD_DEDUPE=no CLIPYARD_UPLOAD_BYTES_PER_DAY=0 CLIPYARD_UPLOAD_VIDEOS_PER_HOUR=0 CLIPYARD_UPLOADS_AT_ONCE=0
export CLIPYARD_GATEWAY_LIMIT=1000000/1 CLIPYARD_GATEWAY_LIMIT_ACCOUNT=1000000/1

# PostgreSQL and its schema, a worker and a gateway come from `clipyard up`: $up is its address, $url its database.
start_up() {
    local up_port pid
    up_port=$(free_port)
    up=http://127.0.0.1:$up_port
    CLIPYARD_HOME=$home/up CLIPYARD_PORT=$up_port .build/release/clipyard up >"$home/up.log" 2>&1 &
    pids+=($!)
    wait_for "$up/readyz"
    for pid in $(pgrep -x clipyard); do
        { environment "$pid" | grep -qx "CLIPYARD_HOME=$home/up" || continue; } 2>/dev/null
        url=$(environment "$pid" | sed -n 's/^CLIPYARD_DATABASE_URL=//p')
        [ -z "$url" ] || return 0
    done
    echo "the database of clipyard up was not found" >&2
    exit 1
}

# Another database of the same server, with the schema; its address is $url with the name replaced.
make_database() {
    ask "$url" "CREATE DATABASE $1"
    CLIPYARD_DATABASE_URL=${url/clipyard\'/$1\'} .build/release/clipyard migrate >/dev/null 2>&1
}

# `clipyard serve` on a port of its own, as operators run it, without a gateway in front: $base is its address, $server its id.
serve() {
    local port
    port=$(free_port)
    CLIPYARD_DATABASE_URL=$1 CLIPYARD_HOME=$home/serve CLIPYARD_PORT=$port \
        CLIPYARD_TOKEN_SECRET=a-secret-for-the-benchmark-alone .build/release/clipyard serve >"$home/serve-$port.log" 2>&1 &
    server=$!
    pids+=("$server")
    base=http://127.0.0.1:$port
    wait_for "$base/readyz"
}

# nginx that serves the files of a folder, with more directives for its server if there are any: $files is its address.
serve_files() {
    local port
    port=$(free_port)
    mkdir -p "$home/nginx"
    cat >"$home/nginx/nginx.conf" <<CONF
daemon off; worker_processes auto; pid $home/nginx/pid; error_log $home/nginx/error.log;
$([ "$(id -u)" = 0 ] && echo "user root;")
events { worker_connections 1024; }
http {
    sendfile on; default_type application/json; keepalive_requests 100000000; client_max_body_size 0;
    access_log $home/nginx/access.log;
    client_body_temp_path $home/nginx/t0; proxy_temp_path $home/nginx/t1; fastcgi_temp_path $home/nginx/t2;
    uwsgi_temp_path $home/nginx/t3; scgi_temp_path $home/nginx/t4;
    server { listen 127.0.0.1:$port; root $1; ${2:-} }
}
CONF
    $(command -v nginx || echo /usr/sbin/nginx) -e "$home/nginx/error.log" -p "$home/nginx" -c "$home/nginx/nginx.conf" &
    pids+=($!)
    files=http://127.0.0.1:$port
    until (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done
}

# Prints a token, on a line of its own.
register() {
    curl -fsS -X POST "$base/douyin/user/register/?username=$1&password=benchmark" | sed 's/.*"token":"\([^"]*\)".*/\1/'
    echo
}

# Requests per second of a wrk run; arguments are wrk's.
rate() {
    local out
    out=$(wrk "$@")
    if grep -qE 'Non-2xx|Socket errors' <<<"$out"; then echo "$out" >&2; exit 1; fi
    sed -n 's/^Requests\/sec: *//p' <<<"$out"
}
