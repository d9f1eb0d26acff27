# What the benchmarks of media share; sourced, after `set -euo pipefail`, from the root of the checkout.
# Makes a folder $work, removed at the end, and builds $media.

work=$(mktemp -d "${TMPDIR:-/tmp}/cy-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
runs=${RUNS:-5}
. bench/lib/clips.sh

swift build -c release --product clipyard-media >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
media=$(swift build -c release --show-bin-path)/clipyard-media
pipeline=pipelines/short-video.yaml

# The rungs as the definition has them: short side, crf, maxrate, bufsize, and the preset of `speed: balanced`.
mapfile -t rungs < <(awk '
    /- short_side:/ { side = $3 } /crf:/ { crf = $2 } /max_kbps:/ { rate = $2 }
    /buffer_kbits:/ { print side, crf, rate, $2, "veryfast" }' "$pipeline")

# video_size FILE: width and height as shown, and frames per second.
video_size() {
    ffprobe -v error -select_streams v:0 -show_entries stream=width,height,avg_frame_rate:stream_side_data=rotation \
        -of default=noprint_wrappers=1 "$1" | awk -F= '{ is[$1] = $2 } END {
            if (is["rotation"] % 180 == 0) print is["width"], is["height"], is["avg_frame_rate"]
            else print is["height"], is["width"], is["avg_frame_rate"] }'
}

# fit CLIP: sets $fitting, the rungs that are not larger than the clip, and $playback_side, which becomes play.mp4.
fit() {
    local width height rung
    read -r width height _ < <(video_size "$1")
    fitting=()
    for rung in "${rungs[@]}"; do
        [ "${rung%% *}" -gt $((width < height ? width : height)) ] || fitting+=("$rung")
    done
    for rung in "${fitting[@]}"; do playback_side=${rung%% *} && [ "$playback_side" -gt 720 ] || break; done
}

# encoder_options CLIP RUNG: ffmpeg's options for the very encoder settings of a rung, and its sound.
encoder_options() {
    local side crf rate buffer preset fps gop
    read -r side crf rate buffer preset <<<"$2"
    read -r _ _ fps < <(video_size "$1")
    gop=$(awk -v fps="$fps" 'BEGIN { split(fps, f, "/"); printf "%d", f[1] / f[2] * 2 + 0.999 }')
    echo -c:v libx264 -preset "$preset" -crf "$crf" -maxrate "${rate}k" -bufsize "${buffer}k" -profile:v high \
        -fps_mode passthrough -g "$gop" -forced-idr 1 -force_key_frames "expr:gte(t,n_forced*2)" -c:a aac -b:a 128k -ar 48000
}

# scale_filter CLIP SIDE
scale_filter() {
    local width height
    read -r width height _ < <(video_size "$1")
    awk -v w="$width" -v h="$height" -v s="$2" 'BEGIN {
        long = int((w > h ? w / h : h / w) * s / 2 + 0.5) * 2
        printf "scale=%d:%d:flags=bicubic", (w > h ? long : s), (w > h ? s : long) }'
}

# output_options SIDE OUT: one HLS rendition of fMP4; for the rung that is also play.mp4, a `tee`, so that it is
# encoded once.
output_options() {
    local hls="hls_time=2:hls_playlist_type=vod:hls_segment_type=fmp4:hls_fmp4_init_filename=init.mp4" option
    hls+=":hls_segment_filename=$2/$1/segment-%05d.m4s"
    mkdir -p "$2/$1"
    if [ "$1" = "$playback_side" ]; then
        echo -flags +global_header -f tee "[f=hls:$hls]$2/$1/index.m3u8|[f=mp4:movflags=+faststart]$2/play.mp4"
        return
    fi
    echo -f hls
    for option in ${hls//:/ }; do echo "-${option%%=*}" "${option#*=}"; done
    echo "$2/$1/index.m3u8"
}

# The ladder in one ffmpeg process: one decoder, one split, one scale per rung.
ffmpeg_ladder() {
    local clip=$1 out=$2 index side graph scales="" outputs=()
    fit "$clip"
    graph="[0:v]split=${#fitting[@]}"
    for index in "${!fitting[@]}"; do
        side=${fitting[$index]%% *}
        graph+="[s$index]"
        scales+=";[s$index]$(scale_filter "$clip" "$side")[v$index]"
        # No value holds a blank.
        # shellcheck disable=SC2207
        outputs+=(-map "[v$index]" -map 0:a $(encoder_options "$clip" "${fitting[$index]}")
            $(output_options "$side" "$out"))
    done
    ffmpeg -v error -y -nostdin -i "$clip" -filter_complex "$graph$scales" "${outputs[@]}"
}

# The ladder with one ffmpeg process per rung, one after another.
ffmpeg_per_rung() {
    local clip=$1 out=$2 rung side
    fit "$clip"
    for rung in "${fitting[@]}"; do
        side=${rung%% *}
        # shellcheck disable=SC2046
        ffmpeg -v error -y -nostdin -i "$clip" -map 0:v -map 0:a -vf "$(scale_filter "$clip" "$side")" \
            $(encoder_options "$clip" "$rung") $(output_options "$side" "$out")
    done
}

# play.mp4 alone, of at most 720 lines: what many servers make first.
ffmpeg_playback() {
    local rung
    fit "$1"
    for rung in "${fitting[@]}"; do [ "${rung%% *}" -gt 720 ] || break; done
    mkdir -p "$2"
    # shellcheck disable=SC2046
    ffmpeg -v error -y -nostdin -i "$1" -vf "$(scale_filter "$1" "${rung%% *}")" $(encoder_options "$1" "$rung") \
        -movflags +faststart "$2/play.mp4"
}

# ours CLIP OUT [OPTION...]
ours() { "$media" process "$1" -o "$2" --pipeline "$pipeline" "${@:3}"; }

# measure NAME FUNCTION CLIP [OPTION...]: notes seconds of the clock and of CPU, children included, in $work/NAME. The
# function must have made play.mp4.
measure() {
    local name=$1 TIMEFORMAT='%R %U %S' out="$work/out"
    rm -rf "$out"
    { time "$2" "$3" "$out" "${@:4}" >/dev/null 2>"$work/errors"; } 2>"$work/time" ||
        { echo "$name failed:" >&2; cat "$work/errors" >&2; exit 1; }
    [ -s "$out/play.mp4" ] || { echo "$name made no play.mp4" >&2; exit 1; }
    awk '{ print $1, $2 + $3 }' "$work/time" >>"$work/$name"
}

# median NAME COLUMN: 1 is the clock, 2 the CPU.
median() {
    awk -v c="$2" '{ print $c }' "$work/$1" | sort -n |
        awk '{ a[NR] = $1 } END { printf "%.2f\n", (a[int((NR + 1) / 2)] + a[int((NR + 2) / 2)]) / 2 }'
}

# ratio LABEL NAME NAME COLUMN [TARGET]
ratio() {
    awk -v label="$1" -v a="$(median "$2" "$4")" -v b="$(median "$3" "$4")" -v target="${5:-}" 'BEGIN {
        printf "  %-52s %8.2f s / %8.2f s = %.3f", label, a, b, a / b
        if (target != "") printf "  (at most %s: %s)", target, a / b <= target ? "yes" : "NO"
        print "" }'
}
