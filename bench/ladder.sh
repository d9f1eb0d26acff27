#!/usr/bin/env bash
# Compares the CPU time (user + system) of `clipyard-media process` with the ffmpeg command doing the same ladder in one
# process: the same input, the same x264 settings (read from the pipeline definition), four HLS fMP4 renditions with
# sound and one faststart MP4. Runs alternate; medians of RUNS runs. `bench/media.sh` compares more.
#
# We encode the sound once and the ffmpeg command four times, once per output, as it does; we also measure loudness,
# make covers, storyboard and preview, and reopen every output, which the command does not.
#
# Usage: bench/ladder.sh [CLIP]       RUNS=5 SECONDS_OF_CLIP=12 bench/ladder.sh
set -euo pipefail
clip=${1:+$(realpath "$1")}
cd "$(dirname "$0")/.."
. bench/lib/media.sh

if [ -z "$clip" ]; then
    clip=$work/clip.mp4
    phone_clip "$clip" "${SECONDS_OF_CLIP:-12}" 8000
fi
for ((run = 1; run <= runs; run++)); do
    measure ours ours "$clip"
    measure ffmpeg ffmpeg_ladder "$clip"
    echo "run $run: clipyard-media $(tail -1 "$work/ours" | cut -d' ' -f2) s," \
        "ffmpeg $(tail -1 "$work/ffmpeg" | cut -d' ' -f2) s of CPU"
done
ratio "CPU, medians of $runs" ours ffmpeg 2 0.95
