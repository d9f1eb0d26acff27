# Clips for the benchmarks of media; sourced.

# phone_clip FILE SECONDS KBPS [CODEC] [SIZE]: like a phone's, with the detail, motion and noise that encoders feel:
# fractal zoom, moving gradients, grain. Keyframes every second and no B-frames, as phones' encoders write them; AAC in
# stereo. CODEC is libx264 or libx265. At most 12 seconds are encoded, and repeated.
phone_clip() {
    local file=$1 seconds=$2 kbps=$3 codec=${4:-libx264} size=${5:-1920x1080}
    local width=${size%x*} height=${size#*x} piece="$1.piece.mp4" options
    if [ "$codec" = libx265 ]; then
        options=(-preset ultrafast -x265-params "bframes=0:keyint=30:min-keyint=30:scenecut=0:log-level=error" -tag:v hvc1)
    else
        options=(-preset veryfast -bf 0 -g 30 -sc_threshold 0 -profile:v high)
    fi
    [ -s "$file" ] && return
    ffmpeg -v error -y -nostdin \
        -f lavfi -i "mandelbrot=s=$((width / 2))x$((height / 2)):r=30:maxiter=120:start_scale=1.2:end_scale=0.3:end_pts=400" \
        -f lavfi -i "gradients=s=${width}x${height}:r=30:nb_colors=4:seed=3:speed=0.02" \
        -filter_complex "[0]scale=$width:$height:flags=bicubic,format=yuv420p[a];[1]format=yuv420p[b];
            [a][b]blend=all_mode=average,noise=alls=5:allf=t,format=yuv420p[v]" \
        -map "[v]" -t "$((seconds < 12 ? seconds : 12))" -c:v "$codec" "${options[@]}" \
        -b:v "${kbps}k" -maxrate "$((kbps * 5 / 4))k" -bufsize "$((kbps * 2))k" "$piece"
    ffmpeg -v error -y -nostdin -stream_loop "$(((seconds + 11) / 12 - 1))" -i "$piece" \
        -f lavfi -i "aevalsrc='0.2*sin(2*PI*(220+110*sin(t))*t)|0.2*sin(2*PI*330*t)+0.02*random(0)':s=48000" \
        -map 0:v -map 1:a -t "$seconds" -c:v copy -c:a aac -b:a 128k "$file"
    rm "$piece"
}

# real_clip FILE SECONDS [CODEC]: a phone's own recording of 1080p30 from CLIPYARD_CORPUS, repeated to about so many seconds;
# encoded again for another CODEC.
real_clip() {
    local recording=$CLIPYARD_CORPUS/deepmedia__sample.mp4 options=(-c copy)
    [ -z "${3:-}" ] || options=(-c:v "$3" -preset ultrafast -x265-params log-level=error -tag:v hvc1 -b:v 4M -c:a copy)
    ffmpeg -v error -y -nostdin -stream_loop $(($2 * 10 / 36)) -i "$recording" -map 0:v -map 0:a "${options[@]}" "$1"
}
