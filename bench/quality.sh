#!/usr/bin/env bash
# How good the renditions look, and what they cost: VMAF, SSIM and bitrate of every rung, beside ffmpeg's libx264 at the
# very same bitrate with the presets veryfast and medium (one pass, -b:v, the rung's own maxrate and bufsize). Prints a
# table in Markdown.
#
# VMAF (model vmaf_v0.6.1) and SSIM compare with the source, scaled to the rung's size: they say what encoding costs, and
# nothing about the size.
#
# Usage: bench/quality.sh [CLIP...]
# Without clips: four real ones of the folder CLIPYARD_CORPUS, or a generated one.
set -euo pipefail
clips=()
for clip in "$@"; do clips+=("$(realpath "$clip")"); done
cd "$(dirname "$0")/.."
. bench/lib/media.sh
. bench/lib/vmaf.sh

if [ ${#clips[@]} = 0 ] && [ -n "${CLIPYARD_CORPUS:-}" ]; then
    for name in deepmedia__sample drewnoakes__ftyp3gp5 opencv__cup chthomos__big-buck-bunny-480p-30sec; do
        clips+=("$CLIPYARD_CORPUS/$name.mp4")
    done
elif [ ${#clips[@]} = 0 ]; then
    phone_clip "$work/phone.mp4" 6 8000
    clips=("$work/phone.mp4")
fi

# Everything is encoded, and nothing else is made.
sed -e 's/passthrough: true/passthrough: false/' -e '/^storyboard:/,/^$/d' -e '/^preview:/,/^$/d' "$pipeline" \
    >"$work/definition.yaml"
pipeline=$work/definition.yaml

# encoded CLIP RUNG KBPS PRESET: ffmpeg's rendition of as many bits.
encoded() {
    local side rate buffer
    read -r side _ rate buffer _ <<<"$2"
    ffmpeg -v error -y -nostdin -i "$1" -map 0:v -vf "$(scale_filter "$1" "$side")" -fps_mode passthrough \
        -c:v libx264 -preset "$4" -b:v "${3}k" -maxrate "${rate}k" -bufsize "${buffer}k" -profile:v high -pix_fmt yuv420p \
        -force_key_frames "expr:gte(t,n_forced*2)" "$work/$4.mp4"
}

# row CLIP RUNG
row() {
    local clip=$1 side=${2%% *} scale our preset ours_scores others=()
    scale=$(scale_filter "$clip" "$side")
    cat "$work/out/hls/$side"/{init.mp4,segment-*.m4s} >"$work/rendition.mp4"
    our=$(kbps "$work/rendition.mp4")
    ours_scores=$(scores "$clip" "$work/rendition.mp4" "$scale")
    for preset in veryfast medium; do
        encoded "$clip" "$2" "$our" "$preset"
        others+=("$(kbps "$work/$preset.mp4")" "$(scores "$clip" "$work/$preset.mp4" "$scale")")
    done
    # shellcheck disable=SC2086
    printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' \
        "$(basename "${clip%.*}" | sed 's/.*__//')" "$side" "$our" $ours_scores "${others[0]}" ${others[1]} "${others[2]}" ${others[3]}
}

echo "| clip | rung | kbit/s | VMAF | SSIM | veryfast kbit/s | VMAF | SSIM | medium kbit/s | VMAF | SSIM |"
echo "|---|---|---|---|---|---|---|---|---|---|---|"
for clip in "${clips[@]}"; do
    rm -rf "$work/out"
    ours "$clip" "$work/out" >/dev/null 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
    fit "$clip"
    for rung in "${fitting[@]}"; do row "$clip" "$rung"; done
done
