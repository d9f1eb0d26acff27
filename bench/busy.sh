#!/usr/bin/env bash
# How long requests take, alone and while a worker on the same machine transcodes: the median and the 99th percentile of 4 clients
# that wait for each answer, in milliseconds.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-10}
. bench/lib/clipyard.sh

start_up
bench/data.sh "$url" 1000 100 10000 >/dev/null
serve "$url"
for i in $(seq 16); do register "busy$i" >>"$home/tokens"; done
token=$(head -1 "$home/tokens")
first=$(ask "$url" "SELECT min(id) FROM videos")
# Long enough to be transcoded for all the time that is measured.
ffmpeg -v error -y -f lavfi -i testsrc2=size=1920x1080:rate=30:duration=120 -c:v libx264 -preset ultrafast -pix_fmt yuv420p "$home/clip.mp4"

latency() {
    local out
    out=$(wrk -t1 -c4 -d"${seconds}s" --latency "$@")
    if grep -qE 'Non-2xx|Socket errors|RESULT [^ ]+ [1-9]' <<<"$out"; then echo "$out" >&2; exit 1; fi
    awk '/^ +50%/ { half = $2 } /^ +99%/ { print half, $2 }' <<<"$out"
}
like() { latency -s bench/lib/likes.lua "$base" -- "$home/tokens" 1 "$first" 1; }
measure() {
    latency "$base/douyin/feed/" >"$home/$1.anonymous"
    latency "$base/douyin/feed/?token=$token" >"$home/$1.viewer"
    like >"$home/$1.like"
}

measure alone
# The worker's own server has a secret of its own, and so other tokens.
uploader=$(base=$up && register uploader)
curl -fsS -F "data=@$home/clip.mp4" -F "token=$uploader" -F title=busy "$up/douyin/publish/action/" >/dev/null
transcoding() { pgrep -f "clipyard-media run-task" >/dev/null; }
for _ in $(seq 300); do [ "$(ask "$url" "SELECT count(*) FROM jobs.job WHERE kind = 'transcode_video' AND state = 'running'")" = 1 ] && break; sleep 0.1; done
measure busy
transcoding || { echo "the transcode ended before the measurement did" >&2; exit 1; }

echo "4 clients, median and 99 % (alone → while a video is transcoded beside):"
for what in anonymous viewer like; do
    read -r a b <"$home/alone.$what"; read -r c d <"$home/busy.$what"
    case $what in anonymous) name="feed without a login" ;; viewer) name="feed with a login" ;; like) name="like" ;; esac
    echo "  $name: $a, $b → $c, $d"
done
