#!/usr/bin/env bash
# Ranges of media from a bucket, cached by the gateway, against the same nginx serving the same file from the same disk. The
# bucket and the API are an nginx beside it. Interleaved, medians. The ratios should be at least 0.9.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
seconds=${2:-4}
. bench/lib/clipyard.sh
PATH=$PATH:/usr/sbin

mkdir -p "$home/bucket/clips/videos/7/3"
head -c $((64 << 20)) /dev/urandom >"$home/bucket/clips/videos/7/3/play.mp4"
# Both write a line for each request.
serve_files "$home/bucket" "location /internal/ { return 204; }"
gateway_port=$(free_port)
CLIPYARD_STORAGE=s3://clips CLIPYARD_STORAGE_PATH_STYLE=yes CLIPYARD_STORAGE_ENDPOINT=$files CLIPYARD_HOST=127.0.0.1 \
    CLIPYARD_GATEWAY_API=${files#http://} CLIPYARD_PORT=$gateway_port CLIPYARD_GATEWAY_STATUS=127.0.0.1:$(free_port) \
    CLIPYARD_GATEWAY_CACHE_SECONDS=86400 CLIPYARD_MEDIA_SECRET=0123456789abcdef0123456789abcdef \
    docker/nginx/render "$home/gateway"
nginx -e "$home/gateway/error.log" -c "$home/gateway/nginx.conf" &
pids+=($!)

through=http://127.0.0.1:$gateway_port/media/videos/7/3/play.mp4
disk=$files/clips/videos/7/3/play.mp4
wait_for "$through"
curl -fsS "$through" | cmp - "$home/bucket/clips/videos/7/3/play.mp4"

cat >"$home/ranges.lua" <<'LUA'
function init(arguments) length = tonumber(arguments[1]) math.randomseed(1) end
function request()
    local start = math.random(0, 67108864 - length)
    return wrk.format("GET", nil, { Range = "bytes=" .. start .. "-" .. (start + length - 1) })
end
LUA
for length in 65536 262144 1048576; do
    for _ in $(seq "$rounds"); do
        for way in disk through; do
            rate -t1 -c8 -d"${seconds}s" -s "$home/ranges.lua" "${!way}" -- "$length" >>"$home/$way-$length"
        done
    done
    paste "$home/through-$length" "$home/disk-$length" | awk '{ print $1 / $2 }' | median |
        awk -v length_="$length" -v ours="$(median <"$home/through-$length")" -v theirs="$(median <"$home/disk-$length")" \
            '{ printf "ranges of %4d KiB: %6.0f/s cached, %6.0f/s from disk, ratio %.2f (at least 0.9)\n", length_ / 1024, ours, theirs, $1 }'
done
