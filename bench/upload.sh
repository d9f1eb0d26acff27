#!/usr/bin/env bash
# An upload of 2 GiB to `clipyard serve` (multipart form, parsed, judged, hashed, on the disk when it answers) against
# nginx's own PUT of the same file (its dav module; it does not wait for the disk), interleaved, medians.
# The ratio of throughputs should be at least 1, and the server's memory should grow by at most 64 MiB.
set -euo pipefail
cd "$(dirname "$0")/.."
mebibytes=${1:-2048}
rounds=${2:-5}

home=$(mktemp -d "${TMPDIR:-/tmp}/cy-bench-XXXXXX")
chmod 755 "$home"
pids=()
stop() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
    rm -rf "$home"
}
trap stop EXIT
free_port() { while port=$((20000 + RANDOM % 20000)); (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done; echo "$port"; }
wait_for() { for _ in $(seq 300); do curl -fsS -o /dev/null "$1" 2>/dev/null && return; sleep 0.1; done; echo "$1 does not answer" >&2; exit 1; }

# PostgreSQL and its schema come from `clipyard up`; the server that is measured is one of its own.
up_port=$(free_port)
CLIPYARD_HOME=$home/up CLIPYARD_PORT=$up_port .build/release/clipyard up >"$home/up.log" 2>&1 &
pids+=($!)
wait_for "http://127.0.0.1:$up_port/readyz"
environment() { tr '\0' '\n' <"/proc/$1/environ"; }
for pid in $(pgrep -x clipyard); do
    { environment "$pid" | grep -qx "CLIPYARD_HOME=$home/up" || continue; } 2>/dev/null
    url=$(environment "$pid" | sed -n 's/^CLIPYARD_DATABASE_URL=//p')
    [ -z "$url" ] || break
done
export CLIPYARD_DATABASE_URL=$url
.build/release/clipyard queue pause probe >/dev/null

port=$(free_port)
CLIPYARD_HOME=$home/serve CLIPYARD_PORT=$port CLIPYARD_TOKEN_SECRET=a-secret-for-the-benchmark-alone \
    CLIPYARD_LOG_LEVEL=warning .build/release/clipyard serve >"$home/serve.log" 2>&1 &
server=$!
pids+=("$server")
base=http://127.0.0.1:$port
wait_for "$base/readyz"
token=$(curl -fsS -X POST "$base/douyin/user/register/?username=bench&password=benchmark" | sed 's/.*"token":"\([^"]*\)".*/\1/')

nginx_port=$(free_port)
mkdir -p "$home/nginx/files" "$home/nginx/body"
cat >"$home/nginx/nginx.conf" <<CONF
daemon off; worker_processes auto; pid $home/nginx/pid; error_log $home/nginx/error.log;
$([ "$(id -u)" = 0 ] && echo "user root;")
events {}
http {
    access_log off; client_body_temp_path $home/nginx/body; client_max_body_size 0;
    proxy_temp_path $home/nginx/t1; fastcgi_temp_path $home/nginx/t2; uwsgi_temp_path $home/nginx/t3; scgi_temp_path $home/nginx/t4;
    server { listen 127.0.0.1:$nginx_port; root $home/nginx/files; location / { dav_methods PUT; } }
}
CONF
$(command -v nginx || echo /usr/sbin/nginx) -e "$home/nginx/error.log" -p "$home/nginx" -c "$home/nginx/nginx.conf" &
pids+=($!)
until (: <"/dev/tcp/127.0.0.1/$nginx_port") 2>/dev/null; do sleep 0.1; done

# The head of an MP4, so that it is not refused, and bytes that no disk can make smaller.
file=$home/clip.mp4
{ printf '\0\0\0\30ftypisom\0\0\2\0isommp42'; head -c "$((mebibytes * 1048576 - 24))" /dev/urandom; } >"$file"

memory() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$server/status"; }
ours() {
    answer=$(curl -sS -w '\n%{time_total}' -F "data=@$file" -F "token=$token" -F title=bench "$base/douyin/publish/action/")
    grep -q '"status_code":0' <<<"$answer" || { echo "$answer" >&2; exit 1; }
    tail -1 <<<"$answer"
    rm -rf "$home"/serve/objects/sources/*
}
nginx_put() {
    curl -fsS -o /dev/null -w '%{time_total}\n' -T "$file" "http://127.0.0.1:$nginx_port/clip.mp4"
    rm -f "$home/nginx/files/clip.mp4"
}
# The same, until the bytes are on the disk: what ours waits for.
nginx_put_durably() {
    local start=$EPOCHREALTIME
    curl -fsS -o /dev/null -T "$file" "http://127.0.0.1:$nginx_port/clip.mp4"
    sync "$home/nginx/files/clip.mp4"
    awk "BEGIN { print $EPOCHREALTIME - $start }"
    rm -f "$home/nginx/files/clip.mp4"
}
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# The peak so far is that of the password's hash.
echo 5 >"/proc/$server/clear_refs"
before=$(memory)
for _ in $(seq "$rounds"); do
    sync; ours >>"$home/ours.times"
    sync; nginx_put >>"$home/nginx.times"
    sync; nginx_put_durably >>"$home/durable.times"
done
after=$(memory)

awk -v mib="$mebibytes" -v rounds="$rounds" -v ours="$(median <"$home/ours.times")" -v nginx="$(median <"$home/nginx.times")" \
    -v durable="$(median <"$home/durable.times")" -v grown="$(((after - before) / 1024))" 'BEGIN {
    printf "upload of %d MiB, median of %d: clipyard %.0f MiB/s, nginx PUT %.0f MiB/s: ratio %.2f (at least 1)\n",
        mib, rounds, mib / ours, mib / nginx, nginx / ours
    printf "against nginx PUT and a sync of the file, which ours includes: %.0f MiB/s, ratio %.2f\n", mib / durable, durable / ours
    printf "memory of the server grew by %d MiB (at most 64)\n", grown
}'
