#!/usr/bin/env bash
# Ranges of media from a bucket, cached by the gateway, against the same nginx serving the same file from the same disk. The
# bucket and the API are an nginx beside it. Interleaved, medians. The ratios should be at least 0.9.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
seconds=${2:-4}
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
pids=()
finish() {
    kill "${pids[@]}" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap finish EXIT
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

mkdir -p "$work/bucket/clips/videos/7/3"
head -c $((64 << 20)) /dev/urandom >"$work/bucket/clips/videos/7/3/play.mp4"
user=$([ "$(id -u)" -ne 0 ] || echo 'user root;')
cat >"$work/bucket.conf" <<NGINX
$user daemon off; pid $work/bucket.pid; error_log $work/bucket.log; worker_processes auto;
events { worker_connections 1024; }
http {
    access_log off; sendfile on; tcp_nopush on; default_type video/mp4;
    server { listen 127.0.0.1:18181; root $work/bucket; location /internal/ { return 204; } }
}
NGINX
nginx -e "$work/start.log" -c "$work/bucket.conf" &
pids+=($!)
CLIPYARD_STORAGE=s3://clips CLIPYARD_STORAGE_PATH_STYLE=yes CLIPYARD_STORAGE_ENDPOINT=http://127.0.0.1:18181 CLIPYARD_HOST=127.0.0.1 \
    CLIPYARD_GATEWAY_API=127.0.0.1:18181 CLIPYARD_PORT=18180 CLIPYARD_GATEWAY_STATUS=127.0.0.1:18182 CLIPYARD_GATEWAY_CACHE_SECONDS=86400 \
    CLIPYARD_MEDIA_SECRET=0123456789abcdef0123456789abcdef docker/nginx/render "$work/run"
# The log of each request is written on both sides, or on neither.
sed -i 's/access_log .*without_query;/access_log off;/' "$work/run/nginx.conf"
nginx -e "$work/start.log" -c "$work/run/nginx.conf" &
pids+=($!)

through=http://127.0.0.1:18180/media/videos/7/3/play.mp4
disk=http://127.0.0.1:18181/clips/videos/7/3/play.mp4
until curl -fsS -o "$work/copy" "$through" 2>/dev/null; do sleep 0.1; done
cmp "$work/copy" "$work/bucket/clips/videos/7/3/play.mp4"

cat >"$work/ranges.lua" <<'LUA'
function init(arguments) length = tonumber(arguments[1]) math.randomseed(1) end
function request()
    local start = math.random(0, 67108864 - length)
    return wrk.format("GET", nil, { Range = "bytes=" .. start .. "-" .. (start + length - 1) })
end
LUA
ask() { wrk -t1 -c8 -d"${seconds}s" -s "$work/ranges.lua" "$1" -- "$2" | awk '/Requests\/sec/ { print $2 } /Non-2xx/ { exit 1 }'; }
for length in 65536 1048576; do
    for _ in $(seq "$rounds"); do
        ask "$disk" $length >>"$work/disk-$length"
        ask "$through" $length >>"$work/through-$length"
    done
    paste "$work/through-$length" "$work/disk-$length" | awk '{ print $1 / $2 }' | median |
        awk -v length_="$length" -v ours="$(median <"$work/through-$length")" -v theirs="$(median <"$work/disk-$length")" \
            '{ printf "ranges of %4d KiB: %6.0f/s cached, %6.0f/s from disk, ratio %.2f (at least 0.9)\n", length_ / 1024, ours, theirs, $1 }'
done
