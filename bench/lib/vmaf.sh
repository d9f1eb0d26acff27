# VMAF (model vmaf_v0.6.1), SSIM and bitrates for the benchmarks of media; sourced after bench/lib/media.sh.
#
# FFmpeg 5.1 has no VMAF, so another one is fetched from PyPI, once, into .build/vmaf.

meter=.build/vmaf
if ! compgen -G "$meter/imageio_ffmpeg/binaries/ffmpeg-linux-*" >/dev/null; then
    python3 -m pip install -q --no-deps --target "$meter" imageio-ffmpeg==0.8.1 >&2 ||
        { echo "this benchmark needs python3 with pip, to fetch an ffmpeg that knows VMAF." >&2; exit 1; }
fi
meter=$(compgen -G "$meter/imageio_ffmpeg/binaries/ffmpeg-linux-*" | head -1)

# kbps FILE: of its pictures. Fragments do not say how long they are together.
kbps() {
    ffprobe -v error -select_streams v:0 -show_entries packet=pts_time,size -of csv=p=0 "$1" | sort -g | awk -F, '
        NR == 1 { first = $1 } { last = $1; bytes += $2 }
        END { printf "%d", bytes / 125 / ((last - first) * NR / (NR - 1)) }'
}

# scores CLIP FILE SCALE: VMAF and SSIM, picture by picture. A clip that does not name its colours has those that its renditions name; without
# saying so, FFmpeg converts between the two.
scores() {
    local color="setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    local both="settb=1/30,setpts=N,format=yuv420p"
    "$meter" -v error -nostdin -i "$2" -i "$1" -lavfi "[0:v]$color,$both[a];[1:v]$color,$3,$both[b];
        [a][b]libvmaf=n_threads=$(nproc):feature=name=float_ssim:log_fmt=csv:log_path=$work/vmaf.csv" -r 30 -f null - >&2
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        { vmaf += $column["vmaf"]; ssim += $column["float_ssim"]; n++ }
        END { printf "%.1f %.4f", vmaf / n, ssim / n }' "$work/vmaf.csv"
}
