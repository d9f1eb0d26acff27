#!/usr/bin/env bash
# Compares `clipyard-media cover` with `ffmpeg -vf thumbnail` and `clipyard-media storyboard` with `ffmpeg -vf
# fps,scale,tile`: the same clip, the same sizes of picture, JPEG. Runs alternate; medians of RUNS runs of CPU time (user
# + system) and wall time. Then what both covers are worth by the score that ours was chosen by, and by another measure:
# the entropy of the picture's luma, by ffmpeg.
#
# `thumbnail` chooses among as many pictures as it holds in memory: raced with the 360 of twelve seconds, and for comparison
# with its own default, the first hundred, and with the whole clip, a hundred at a time. Ours always looks at the whole clip.
#
# Without a clip it takes a phone's recording, if CLIPYARD_CORPUS is set, or generates one.
#
# Usage: bench/pictures.sh [CLIP]       RUNS=5 SECONDS_OF_CLIP=60 bench/pictures.sh
set -euo pipefail

here="$(cd "$(dirname "$0")/.." && pwd)"
runs="${RUNS:-5}"
seconds="${SECONDS_OF_CLIP:-60}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

swift build --package-path "$here" -c release --product clipyard-media >"$work/build.log" 2>&1 ||
    { cat "$work/build.log"; exit 1; }
media="$(swift build --package-path "$here" -c release --show-bin-path)/clipyard-media"
export CLIPYARD_PIPELINE="$here/pipelines/short-video.yaml"

# A 1080p clip like a phone's: detail, motion and noise, about 8 Mbit/s, a keyframe every second. It fades from black,
# and its second third is out of focus.
clip="${1:-$work/clip.mp4}"
if [ ! -e "$clip" ] && [ -n "${CLIPYARD_CORPUS:-}" ]; then
    . "$here/bench/lib/clips.sh"
    real_clip "$clip" "$seconds"
elif [ ! -e "$clip" ]; then
    third=$((seconds / 3))
    ffmpeg -v error -y -nostdin \
        -f lavfi -i "mandelbrot=s=480x270:r=30:maxiter=120:start_scale=1.2:end_scale=0.3:end_pts=400" \
        -f lavfi -i "gradients=s=1920x1080:r=30:nb_colors=4:seed=3:speed=0.02" \
        -filter_complex "[0]scale=1920:1080:flags=bicubic,format=yuv420p[a];[1]format=yuv420p[b];[a][b]blend=all_mode=average,boxblur=16:enable='between(t,$third,$((2 * third)))',noise=alls=5:allf=t,fade=in:d=2,format=yuv420p[v]" \
        -map "[v]" -t "$seconds" -c:v libx264 -preset veryfast -b:v 8M -maxrate 10M -bufsize 16M -g 30 "$clip"
fi

duration=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$clip")
read -r cells columns interval side < <(awk -v d="$duration" '
    /^storyboard:/ { on = 1 } /^preview:/ { on = 0 }
    on && /max_cells:/ { most = $2 } on && /columns:/ { columns = $2 } on && /min_interval_seconds:/ { least = $2 }
    on && /long_side:/ { side = $2 }
    END { i = d / most; if (i < least) i = least; n = int(d / i + 0.999); print n, columns, i, side }' "$CLIPYARD_PIPELINE")
rows=$(((cells + columns - 1) / columns))
short=$(awk '/^cover:/ { on = 1 } on && / short_side:/ { print $2; exit }' "$CLIPYARD_PIPELINE")
fit="scale='if(gt(iw,ih),-2,$short)':'if(gt(iw,ih),$short,-2)'"
cell="scale='if(gt(iw,ih),$side,-2)':'if(gt(iw,ih),-2,$side)'"

our_cover() { "$media" cover "$clip" -o "$work/ours.jpg" >"$work/ours.txt"; }
their_cover() { ffmpeg -v error -y -nostdin -i "$clip" -vf "thumbnail=360,$fit" -frames:v 1 -q:v 3 "$work/theirs.jpg"; }
their_early_cover() { ffmpeg -v error -y -nostdin -i "$clip" -vf "thumbnail,$fit" -frames:v 1 -q:v 3 "$work/early.jpg"; }
# Every hundred pictures' best one overwrites the one before.
their_whole_cover() {
    ffmpeg -v error -y -nostdin -i "$clip" -vf "thumbnail,$fit" -vsync vfr -update 1 -q:v 3 "$work/last.jpg"
}
our_storyboard() { rm -rf "$work/storyboard"; "$media" storyboard "$clip" -o "$work/storyboard" >"$work/cells.txt"; }
their_storyboard() {
    ffmpeg -v error -y -nostdin -i "$clip" -an -vf "fps=1/$interval,$cell,tile=${columns}x$rows" -frames:v 1 -q:v 6 \
        "$work/sheet.jpg"
}

# CPU and wall seconds of a function, its children included.
measure() {
    local TIMEFORMAT='%U %S %R'
    { time "$1" 2>"$work/errors"; } 2>"$work/time" || { cat "$work/errors" >&2; return 1; }
    awk '{ printf "%.3f %.3f\n", $1 + $2, $3 }' "$work/time" >>"$work/$1"
}

median() { sort -n | awk '{ a[NR] = $1 } END { print (a[int((NR + 1) / 2)] + a[int((NR + 2) / 2)]) / 2 }'; }

compare() {
    local name="$1" ours="$2" theirs="$3" target="${4:-}" kind column
    for kind in CPU wall; do
        column=$([ "$kind" = CPU ] && echo 1 || echo 2)
        awk -v n="$name" -v k="$kind" -v t="$target" \
            -v a="$(awk -v c="$column" '{ print $c }' "$work/$ours" | median)" \
            -v b="$(awk -v c="$column" '{ print $c }' "$work/$theirs" | median)" 'BEGIN {
                printf "%s: %.2f s of %s, ffmpeg %.2f s, ratio %.3f", n, a, k, b, a / b
                print t == "" ? "" : " (target at most " t ")" }'
    done
}

for ((run = 1; run <= runs; run++)); do
    for work_of in our_cover their_cover their_early_cover their_whole_cover our_storyboard their_storyboard; do measure "$work_of"; done
done
echo "$clip, $duration s, medians of $runs:"
compare "cover, ffmpeg with 360 pictures" our_cover their_cover 0.15
compare "cover, ffmpeg with 100 pictures" our_cover their_early_cover
compare "cover, ffmpeg with the whole clip" our_cover their_whole_cover
compare storyboard our_storyboard their_storyboard 0.4
cat "$work/cells.txt" | sed 's|^.*: ||'

# A picture is scored as a video of one frame.
score() {
    ffmpeg -v error -y -nostdin -i "$1" -c copy "$work/picture.mkv"
    "$media" cover "$work/picture.mkv" -o "$work/again.jpg" | sed 's/.*score \([0-9.]*\).*/\1/'
}
entropy() {
    ffmpeg -v error -nostdin -i "$1" -vf "entropy,metadata=print:key=lavfi.entropy.normalized_entropy.normal.Y:file=-" -f null - |
        awk -F= '/entropy/ { print $2 }'
}
for who in ours theirs; do
    echo "cover, $who: score $(score "$work/$who.jpg"), entropy of luma $(entropy "$work/$who.jpg")"
done
