#!/usr/bin/env bash
# A long video on two workers: from the moment that its pieces can be encoded until it is complete, against one worker that
# makes the same package of the same file in one piece (and without copying, which pieces exclude). The second time a worker is
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
# A video that is not cut would be waited for in vain.
ffprobe -v error -show_entries format=duration -of csv=p=0 "$clip" | awk '$1 <= 120 { exit 1 }' ||
    { echo "$clip lasts 120 seconds or less, and such videos are not cut: name a longer one, or set SECONDS_OF_CLIP" >&2; exit 1; }
sed 's/^  passthrough: true$/  passthrough: false/' pipelines/short-video.yaml >"$home/pieces.yaml"
sed 's/^  above_seconds: .*/  above_seconds: 86400/' "$home/pieces.yaml" >"$home/whole.yaml"
export CLIPYARD_LEASE_SECONDS=5

# The number of the worker that `clipyard up` has started.
worker_of_up() {
    pgrep -f "clipyard worker" | while read -r pid; do
        environment "$pid" | grep -qx "CLIPYARD_HOME=$home/up" && ! environment "$pid" | grep -q scratch-two && echo "$pid"
    done | head -1
}
# Starts `clipyard up` with a pipeline, and with the settings of the caller's environment.
start_with() {
    export CLIPYARD_PIPELINE=$1
    start_up
    base=$up
    [ -n "${token:-}" ] || token=$(register bench)
}
stop_all() {
    for pid in "${pids[@]}"; do kill "$pid" && wait "$pid" || true; done 2>/dev/null
    pids=()
}
# Another worker beside that of `clipyard up`.
start_second() {
    local settings
    mapfile -t settings < <(environment "$(worker_of_up)" | grep -E '^(CLIPYARD_|PATH=|HOME=)')
    env -i "${settings[@]}" CLIPYARD_SCRATCH="$home/up/scratch-two" .build/release/clipyard worker >"$home/worker.log" 2>&1 &
    pids+=($!)
}
# Seconds from the end of the first rendition until everything is there; the argument says what happens meanwhile.
process() {
    local id
    curl -fsS -F "token=$token" -F title=bench -F "data=@$clip" "$base/douyin/publish/action/" >/dev/null
    id=$(ask "$url" "SELECT max(id) FROM videos")
    if [ "${1:-}" = kill ]; then
        until [ "$(ask "$url" "SELECT count(*) > 1 FROM jobs.job JOIN videos v USING (flow_id) WHERE v.id = $id AND job.kind = 'encode_chunk' AND job.state = 'completed'")" = t ]; do sleep 1; done
        kill -9 "$(worker_of_up)"
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
    start_with "$home/whole.yaml"
    process >>"$home/whole"
    stop_all
    # Two workers share the cores.
    CLIPYARD_TRANSCODE_CORES=$((($(nproc) + 1) / 2)) start_with "$home/pieces.yaml"
    start_second
    process >>"$home/pieces"
    process kill >>"$home/killed"
    stop_all
    echo "one worker $(tail -1 "$home/whole") s, two workers $(tail -1 "$home/pieces") s, with a kill -9 $(tail -1 "$home/killed") s"
done
[ -e "$home/both" ] || { echo "only one of the workers worked: $(tail -3 "$home/worker.log")" >&2; exit 1; }
one=$(median <"$home/whole")
for what in pieces killed; do
    awk -v a="$(median <"$home/$what")" -v b="$one" -v what="$what" \
        'BEGIN { printf "%s: %.1f s / %.1f s of one worker = %.2f (target at most 1)\n", what, a, b, a / b }'
done
