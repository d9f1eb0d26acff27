#!/usr/bin/env bash
# A long video on two workers: from the moment that its pieces can be encoded until it is complete, against one process that makes the
# same package of the same file, without pieces (and without copying, which pieces exclude). The second time a worker is
# killed in the middle, and started again by `clipyard up`. Ratios of clock time; each should be at most 1.
#
# Usage: bench/chunks.sh [CLIP]     SECONDS_OF_CLIP=300 RUNS=1 bench/chunks.sh     half an hour on two cores
set -euo pipefail
clip=${1:+$(realpath "$1")}
cd "$(dirname "$0")/.."
. bench/lib/clipyard.sh
. bench/lib/clips.sh
runs=${RUNS:-1}
[ -n "$clip" ] || { clip=$home/clip.mp4; phone_clip "$clip" "${SECONDS_OF_CLIP:-300}" 9000; }
pipeline=$home/pipeline.yaml
sed 's/^  passthrough: true$/  passthrough: false/' pipelines/short-video.yaml >"$pipeline"

export CLIPYARD_PIPELINE=$pipeline CLIPYARD_LEASE_SECONDS=5
start_up
base=$up
token=$(register bench)
# The worker of `clipyard up`, and another.
first=$(pgrep -f "clipyard worker" | while read -r pid; do environment "$pid" | grep -qx "CLIPYARD_HOME=$home/up" && echo "$pid"; done | head -1)
mapfile -t settings < <(environment "$first" | grep -E '^(CLIPYARD_|PATH=|HOME=)')
env -i "${settings[@]}" CLIPYARD_SCRATCH="$home/up/scratch-two" \
    .build/release/clipyard worker >"$home/worker.log" 2>&1 &
pids+=($!)

whole() {
    local start=$EPOCHREALTIME
    rm -rf "$home/out"
    .build/release/clipyard-media process "$clip" -o "$home/out" --pipeline "$pipeline" >/dev/null 2>&1
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}
# Seconds from the end of the first rendition until everything is there; the argument says what happens meanwhile.
pieces() {
    local id
    curl -fsS -F "data=@$clip" -F "token=$token" -F title=bench "$base/douyin/publish/action/" >/dev/null
    id=$(ask "$url" "SELECT max(id) FROM videos")
    if [ "${1:-}" = kill ]; then
        until [ "$(ask "$url" "SELECT count(*) > 1 FROM jobs.job JOIN videos v USING (flow_id) WHERE v.id = $id AND job.kind = 'encode_chunk' AND job.state = 'completed'")" = t ]; do sleep 1; done
        kill -9 "$(pgrep -f "clipyard worker" | while read -r pid; do environment "$pid" | grep -qx "CLIPYARD_HOME=$home/up" && echo "$pid"; done | head -1)"
    fi
    until [ "$(ask "$url" "SELECT complete_at IS NOT NULL OR state = 'failed' FROM videos WHERE id = $id")" = t ]; do
        [ "$(ask "$url" "SELECT count(DISTINCT worker) FROM jobs.lease")" -lt 2 ] || touch "$home/both"
        # The times are the database's, so there is no need to look often.
        sleep 4
    done
    ask "$url" "SELECT extract(epoch FROM v.complete_at - j.finished_at)
        FROM videos v JOIN jobs.job j USING (flow_id) WHERE v.id = $id AND j.kind = 'first_rendition'"
}
for _ in $(seq "$runs"); do
    whole >>"$home/whole"
    pieces >>"$home/pieces"
    pieces kill >>"$home/killed"
    echo "one process $(tail -1 "$home/whole") s, two workers $(tail -1 "$home/pieces") s, with a kill -9 $(tail -1 "$home/killed") s"
done
[ -e "$home/both" ] || { echo "only one of the workers worked: $(tail -3 "$home/worker.log")" >&2; exit 1; }
one=$(median <"$home/whole")
for what in pieces killed; do
    awk -v a="$(median <"$home/$what")" -v b="$one" -v what="$what" \
        'BEGIN { printf "%s: %.1f s / %.1f s of one process = %.2f (target at most 1)\n", what, a, b, a / b }'
done
