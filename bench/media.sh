#!/usr/bin/env bash
# Races `clipyard-media` against the ffmpeg command: the whole ladder, the ladder of a source whose pictures can be
# copied, and the time until something can be played; then how good the rungs of both look, and the memory it takes.
# Runs alternate; medians of RUNS runs.
#
# Both encode with the settings of pipelines/short-video.yaml; of our rungs the largest searches where P and B pictures go, and
# the others do as it did, which no option of ffmpeg's asks for. `clipyard-media` also measures loudness, chooses covers and
# verifies what it wrote; ffmpeg does none of that. Storyboard and preview, which it does not make either, are left out of
# the ladder, and in it where a line says so; bench/pictures.sh races them.
#
# The ladder is that of a real phone's clip, if CLIPYARD_CORPUS is set, and of a generated one; nothing of it is copied.
#
# Usage: bench/media.sh [CLIP]     RUNS=5 SECONDS_OF_CLIP=12 SECONDS_OF_FIRST=60 PARTS="ladder copy first quality memory" bench/media.sh
set -euo pipefail
clip=${1:+$(realpath "$1")}
cd "$(dirname "$0")/.."
. bench/lib/media.sh
. bench/lib/vmaf.sh
seconds=${SECONDS_OF_CLIP:-12}
seconds_of_first=${SECONDS_OF_FIRST:-60}
parts=${PARTS:-ladder copy first quality memory}

everything=$work/everything.yaml
without_pictures=$work/without-pictures.yaml
sed 's/^  passthrough: true$/  passthrough: false/' "$pipeline" >"$everything"
sed -e '/^storyboard:/,/^$/d' -e '/^preview:/,/^$/d' "$everything" >"$without_pictures"
ours_encoded() { pipeline=$everything ours "$@"; }
ours_without_pictures() { pipeline=$without_pictures ours "$@"; }

# with_ladders FUNCTION: calls it with the names and files of all clips.
with_ladders() {
    if [ -n "$clip" ]; then "$1" "$(basename "$clip")" "$clip"; return; fi
    if [ -n "${CLIPYARD_CORPUS:-}" ]; then
        [ -s "$work/real.mp4" ] || { real_clip "$work/real.mp4" "$seconds"; real_clip "$work/real-hevc.mp4" "$seconds" libx265; }
        "$1" "a phone's H.264" "$work/real.mp4"
        "$1" "a phone's clip as HEVC" "$work/real-hevc.mp4"
    fi
    phone_clip "$work/h264.mp4" "$seconds" 8000
    phone_clip "$work/hevc.mp4" "$seconds" 8000 libx265
    "$1" H.264 "$work/h264.mp4"
    "$1" HEVC "$work/hevc.mp4"
}

# ladder NAME CLIP
ladder() {
    local run
    for ((run = 1; run <= runs; run++)); do
        measure "$1-ours" ours_without_pictures "$2"
        measure "$1-ffmpeg" ffmpeg_ladder "$2"
        measure "$1-pictures" ours_encoded "$2"
        measure "$1-per-rung" ffmpeg_per_rung "$2"
    done
    echo "ladder of $1:"
    ratio "clock, one ffmpeg process" "$1-ours" "$1-ffmpeg" 1 0.88
    ratio "CPU, one ffmpeg process" "$1-ours" "$1-ffmpeg" 2 0.90
    ratio "clock, an ffmpeg process per rung" "$1-ours" "$1-per-rung" 1 0.68
    ratio "CPU, an ffmpeg process per rung" "$1-ours" "$1-per-rung" 2
    ratio "clock, one process; storyboard, preview" "$1-pictures" "$1-ffmpeg" 1
    ratio "CPU, one process; storyboard, preview" "$1-pictures" "$1-ffmpeg" 2
    ratio "clock, process per rung; storyboard, preview" "$1-pictures" "$1-per-rung" 1
}

# A source within the caps of the top rung.
copy() {
    local clip=$work/copy.mp4 run
    phone_clip "$clip" "$seconds" 4500
    for ((run = 1; run <= runs; run++)); do
        measure copy-ours ours "$clip"
        measure copy-ffmpeg ffmpeg_ladder "$clip"
    done
    echo "ladder whose largest rung is the source itself:"
    ratio "clock, one ffmpeg process" copy-ours copy-ffmpeg 1 0.55
    ratio "CPU, one ffmpeg process" copy-ours copy-ffmpeg 2
}

# first_rendition NAME CLIP TARGET [SIDE]: until something can be played.
first_rendition() {
    local run definition=$work/first.yaml
    # The first `short_side` at this depth is that of `first`.
    sed -e "s/^  short_side: 360$/  short_side: ${4:-360}/" "$pipeline" >"$definition"
    for ((run = 1; run <= runs; run++)); do
        pipeline=$definition measure "$1-ours" ours "$2" --first
        measure "$1-ffmpeg" ffmpeg_playback "$2"
    done
    ratio "$1" "$1-ours" "$1-ffmpeg" 1 "$3"
}

first() {
    phone_clip "$work/h264-first.mp4" "$seconds_of_first" 16000
    phone_clip "$work/hevc-first.mp4" "$seconds_of_first" 10000 libx265
    echo "time until something can be played, and ffmpeg's until play.mp4 of 720 lines is there:"
    first_rendition "H.264 and AAC, copied" "$work/h264-first.mp4" 0.10
    first_rendition "HEVC, encoded at 720 lines" "$work/hevc-first.mp4" 1.0 720
    first_rendition "HEVC, encoded at 360 lines" "$work/hevc-first.mp4" 0.5
}

# quality NAME CLIP: VMAF and bitrate of every rung.
quality() {
    local rung side scale who
    rm -rf "$work/ours" "$work/ffmpeg"
    ours_encoded "$2" "$work/ours" >/dev/null 2>&1
    ffmpeg_ladder "$2" "$work/ffmpeg"
    echo "VMAF and kbit/s of $1, ours and ffmpeg's:"
    for rung in "${fitting[@]}"; do
        side=${rung%% *} scale=$(scale_filter "$2" "${rung%% *}")
        for who in ours/hls ffmpeg; do
            cat "$work/$who/$side"/{init.mp4,segment-*.m4s} >"$work/rendition.mp4"
            echo "$side $(scores "$2" "$work/rendition.mp4" "$scale") $(kbps "$work/rendition.mp4")"
        done | awk '{ side = $1; vmaf[NR] = $2; rate[NR] = $4 } END {
            printf "  %4d: %.1f at %d, %.1f at %d  (not more than 0.3 below: %s)\n",
                side, vmaf[1], rate[1], vmaf[2], rate[2], (vmaf[1] >= vmaf[2] - 0.3 ? "yes" : "NO") }'
    done
}

# peak CLIP: the most memory that was in use, in MiB. The kernel keeps the peak, so it is enough to look often.
peak() {
    local pid value last=0
    rm -rf "$work/out"
    "$media" process "$1" -o "$work/out" --pipeline "$pipeline" >/dev/null 2>"$work/errors" &
    pid=$!
    while value=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$value" ]; do
        last=$value
        sleep 0.02
    done
    wait "$pid" || { cat "$work/errors" >&2; exit 1; }
    echo $((last / 1024))
}

# within LABEL VALUE LIMIT
within() {
    awk -v label="$1" -v value="$2" -v limit="$3" 'BEGIN {
        printf "  %-52s %8s  (at most %s: %s)\n", label, value, limit, value + 0 <= limit ? "yes" : "NO" }'
}

memory() {
    local short long
    phone_clip "$work/1080.mp4" "$seconds" 8000
    phone_clip "$work/2160.mp4" 4 30000 libx264 3840x2160
    phone_clip "$work/1min.mp4" 60 800 libx264 640x360
    phone_clip "$work/10min.mp4" 600 800 libx264 640x360
    echo "memory:"
    within "1080p, MiB" "$(peak "$work/1080.mp4")" 700
    within "2160p, MiB" "$(peak "$work/2160.mp4")" 2048
    short=$(peak "$work/1min.mp4")
    long=$(peak "$work/10min.mp4")
    within "10 minutes / 1 minute of 360p, $long / $short MiB" "$(awk "BEGIN { printf \"%.2f\", $long / $short }")" 1.3
}

for part in $parts; do
    case $part in
    ladder | quality) with_ladders "$part" ;;
    copy | first | memory) "$part" ;;
    *) echo "no such part: $part" >&2; exit 1 ;;
    esac
done
