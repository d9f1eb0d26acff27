#!/usr/bin/env bash
# An upload of 2 GiB to `clipyard serve` with the local store, as a form and by tus (creation, then one PATCH, as `clipyard
# publish` sends it): judged, hashed, on the disk when it answers. Against nginx's own PUT of the same file to the same disk (its
# dav module; it does not wait for the disk), interleaved, medians. The ratios of throughputs should be at least 1.
# Before that, 50 uploads at once of 40 MiB each, both ways: the server's memory should grow by at most 64 MiB.
# Usage: bench/upload.sh [MEBIBYTES] [ROUNDS] [UPLOADS AT ONCE] [MEBIBYTES OF EACH]
set -euo pipefail
cd "$(dirname "$0")/.."
mebibytes=${1:-2048}
rounds=${2:-5}
count=${3:-50}
small_mebibytes=${4:-40}
. bench/lib/clipyard.sh
. bench/lib/uploads.sh

start_up
# Nothing is to be made of these uploads.
CLIPYARD_DATABASE_URL=$url .build/release/clipyard queue pause probe >/dev/null
CLIPYARD_LOG_LEVEL=warning serve "$url"
token=$(register bench)
mkdir -p "$home/files"
serve_files "$home/files" "location / { dav_methods PUT; }"

file=$home/clip.mp4
make_file "$file" "$mebibytes"
make_file "$home/small.mp4" "$small_mebibytes"

nginx_put() { curl -fsS -o /dev/null -T "$1" "$files/clip.mp4"; }
# The same, until the bytes are on the disk: what ours waits for.
nginx_durable() { nginx_put "$1" && sync "$home/files/clip.mp4"; }

memory() { sed -n "s/^$1:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$server/status"; }
# The peak while so many uploads are under way, over what an idle server had, in MiB.
peak() {
    local pid uploads=()
    echo 5 >"/proc/$server/clear_refs"
    for _ in $(seq "$count"); do "$1" "$home/small.mp4" & uploads+=($!); done
    for pid in "${uploads[@]}"; do wait "$pid"; done
    rm -rf "$home"/serve/objects/sources/*
    echo "$((($(memory VmHWM) - idle) / 1024))"
}
# One upload, so that what is set up once is there; the hash of the password is gone by then.
tus "$home/small.mp4"
idle=$(memory VmRSS)
echo "an idle server has $((idle / 1024)) MiB"
for way in tus form; do
    echo "$count uploads at once of $small_mebibytes MiB each, $way: the server's memory grew by $(peak $way) MiB (at most 64)"
done

for _ in $(seq "$rounds"); do
    for way in form tus nginx_put nginx_durable; do
        sync
        start=$EPOCHREALTIME
        "$way" "$file"
        awk "BEGIN { print $EPOCHREALTIME - $start }" >>"$home/$way.times"
        rm -rf "$home"/serve/objects/sources/* "$home/files/clip.mp4"
    done
done
for way in form tus; do
    awk -v way="$way" -v mib="$mebibytes" -v rounds="$rounds" -v ours="$(median <"$home/$way.times")" \
        -v nginx="$(median <"$home/nginx_put.times")" -v durable="$(median <"$home/nginx_durable.times")" 'BEGIN {
        printf "%s, %d MiB, median of %d: %.0f MiB/s, nginx PUT %.0f MiB/s: ratio %.2f (at least 1)\n",
            way, mib, rounds, mib / ours, mib / nginx, nginx / ours
        printf "%s against nginx PUT and a sync of the file, which ours includes: %.0f MiB/s, ratio %.2f\n",
            way, mib / durable, durable / ours
    }'
done
