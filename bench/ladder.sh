#!/usr/bin/env bash
# Compares the CPU time (user + system) of `clipyard-media process` with the ffmpeg command doing the same ladder in one
# process: the same input, the same x264 settings (read from the pipeline definition), four HLS fMP4 renditions with
# sound and one faststart MP4. Runs alternate; medians of RUNS runs.
#
# We encode the sound once and the ffmpeg command four times, once per output, as it does; we also pick a cover and
# reopen every output, which the command does not.
#
# Usage: bench/ladder.sh [CLIP]       RUNS=5 SECONDS_OF_CLIP=12 bench/ladder.sh
set -euo pipefail

here="$(cd "$(dirname "$0")/.." && pwd)"
runs="${RUNS:-5}"
seconds="${SECONDS_OF_CLIP:-12}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

swift build --package-path "$here" -c release --product clipyard-media >"$work/build.log" 2>&1 ||
    { cat "$work/build.log"; exit 1; }
media="$(swift build --package-path "$here" -c release --show-bin-path)/clipyard-media"
pipeline="$here/pipelines/short-video.yaml"

# A 1080p clip with the detail, motion and noise of a phone's, about 8 Mbit/s: fractal zoom, moving gradients, grain.
clip="${1:-$work/clip.mp4}"
if [ ! -e "$clip" ]; then
    ffmpeg -v error -y -nostdin \
        -f lavfi -i "mandelbrot=s=960x540:r=30:maxiter=120:start_scale=1.2:end_scale=0.3:end_pts=400" \
        -f lavfi -i "gradients=s=1920x1080:r=30:nb_colors=4:seed=3:speed=0.02" \
        -f lavfi -i "aevalsrc='0.2*sin(2*PI*(220+110*sin(t))*t)|0.2*sin(2*PI*330*t)+0.02*random(0)':s=48000" \
        -filter_complex "[0]scale=1920:1080:flags=bicubic,format=yuv420p[a];[1]format=yuv420p[b];[a][b]blend=all_mode=average,noise=alls=5:allf=t,format=yuv420p[v]" \
        -map "[v]" -map 2:a -t "$seconds" -c:v libx264 -preset veryfast -b:v 8M -maxrate 10M -bufsize 16M \
        -c:a aac -b:a 128k "$clip"
fi

# The rungs as the definition has them: short side, crf, maxrate, bufsize, and the preset of `speed: balanced`.
mapfile -t rungs < <(awk '
    /- short_side:/ { side = $3 } /crf:/ { crf = $2 } /max_kbps:/ { rate = $2 }
    /buffer_kbits:/ { print side, crf, rate, $2, "veryfast" }' "$pipeline")
read -r width height fps < <(ffprobe -v error -select_streams v:0 -show_entries stream=width,height,avg_frame_rate \
    -of csv=p=0 "$clip" | tr ',' ' ')
gop=$(awk -v fps="$fps" 'BEGIN { split(fps, f, "/"); printf "%d", f[1] / f[2] * 2 + 0.999 }')

# One split, one scale per rung, a `tee` for the rung that is also the MP4, so that it is encoded once.
graph="[0:v]split=${#rungs[@]}"
scales=""
outputs=()
for index in "${!rungs[@]}"; do
    read -r side crf rate buffer preset <<<"${rungs[$index]}"
    long=$(awk -v w="$width" -v h="$height" -v s="$side" 'BEGIN { printf "%d", int(w / h * s / 2 + 0.5) * 2 }')
    graph+="[s$index]"
    scales+=";[s$index]scale=$long:$side:flags=bicubic[v$index]"
    outputs+=(-map "[v$index]" -map 0:a -c:v libx264 -preset "$preset" -crf "$crf" -maxrate "${rate}k" -bufsize "${buffer}k"
        -profile:v high -g "$gop" -forced-idr 1 -force_key_frames "expr:gte(t,n_forced*2)" -c:a aac -b:a 128k -ar 48000)
    hls="hls_time=2:hls_playlist_type=vod:hls_segment_type=fmp4:hls_fmp4_init_filename=init.mp4:hls_segment_filename=OUT/$side/segment-%05d.m4s"
    if [ "$side" = 720 ]; then
        outputs+=(-flags +global_header -f tee "[f=hls:$hls]OUT/$side/index.m3u8|[f=mp4:movflags=+faststart]OUT/play.mp4")
    else
        IFS=: read -ra options <<<"$hls"
        outputs+=(-f hls)
        for option in "${options[@]}"; do outputs+=("-${option%%=*}" "${option#*=}"); done
        outputs+=("OUT/$side/index.m3u8")
    fi
done

command_line() {
    local out="$1"
    for index in "${!rungs[@]}"; do mkdir -p "$out/${rungs[$index]%% *}"; done
    ffmpeg -v error -y -nostdin -i "$clip" -filter_complex "$graph$scales" "${outputs[@]//OUT/$out}"
}

ours() { "$media" process "$clip" -o "$1" --pipeline "$pipeline" >/dev/null; }

# CPU seconds of a function, its children included; it must have made the whole ladder.
cpu() {
    local TIMEFORMAT='%U %S' out="$work/out"
    rm -rf "$out"
    { time "$1" "$out" 2>"$work/errors"; } 2>"$work/time" || { cat "$work/errors" >&2; return 1; }
    [ -s "$out/play.mp4" ]
    [ "$(find "$out" -name index.m3u8 | wc -l)" = "${#rungs[@]}" ]
    awk '{ printf "%.2f\n", $1 + $2 }' "$work/time"
}

median() { sort -n | awk '{ a[NR] = $1 } END { print (a[int((NR + 1) / 2)] + a[int((NR + 2) / 2)]) / 2 }'; }

for ((run = 1; run <= runs; run++)); do
    cpu ours >>"$work/ours"
    cpu command_line >>"$work/ffmpeg"
    echo "run $run: clipyard-media $(tail -1 "$work/ours") s, ffmpeg $(tail -1 "$work/ffmpeg") s of CPU"
done
a=$(median <"$work/ours")
b=$(median <"$work/ffmpeg")
echo "medians of $runs: clipyard-media $a s, ffmpeg $b s of CPU"
awk -v a="$a" -v b="$b" 'BEGIN { printf "ratio %.3f (target at most 0.95)\n", a / b }'
