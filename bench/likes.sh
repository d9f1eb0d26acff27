#!/usr/bin/env bash
# Likes and likes taken back, every one a change: all on one hot video against spread over 1,000 videos, interleaved, medians.
# The ratio should be at least 0.5, and a client that waits for each answer should get at least 200 of them a second.
# In the end the counts are compared with the rows.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
seconds=${2:-4}
users=128
. bench/lib/clipyard.sh

start_up
bench/data.sh "$url" 1000 100 10000 >/dev/null
serve "$url"
for i in $(seq "$users"); do register "liker$i" >>"$home/tokens"; done
first=$(ask "$url" "SELECT min(id) FROM videos")

# Arguments: threads, connections, how many videos. Prints likes a second, errors, and the 99th percentile in milliseconds.
like() {
    wrk -t"$1" -c"$2" -d"${seconds}s" -s bench/lib/likes.lua "$base" -- "$home/tokens" "$1" "$first" "$3" | sed -n 's/^RESULT //p'
}
for _ in $(seq "$rounds"); do
    like 1 1 1 >>"$home/single"
    like 4 4 1 >>"$home/four"
    like 2 32 1 >>"$home/hot"
    like 2 32 1000 >>"$home/spread"
done

column() { awk -v c="$2" '{ print $c }' "$home/$1" | median; }
errors=$(cat "$home"/{single,four,hot,spread} | awk '{ sum += $2 } END { print sum }')
echo "likes and likes taken back, median of $rounds, $errors errors:"
awk -v one="$(column single 1)" -v four="$(column four 1)" 'BEGIN {
    printf "  one video, 1 client: %.0f/s (at least 200); 4 clients: %.0f/s each (at least 200)\n", one, four / 4 }'
awk -v hot="$(column hot 1)" -v spread="$(column spread 1)" -v ratio="$(paste "$home/hot" "$home/spread" | awk '{ print $1 / $4 }' | median)" \
    -v p99="$(column hot 3)" -v p99s="$(column spread 3)" 'BEGIN {
    printf "  32 connections: one video %.0f/s (99 %% %.1f ms), 1,000 videos %.0f/s (99 %% %.1f ms): ratio %.2f (at least 0.5)\n", hot, p99, spread, p99s, ratio }'
wrong=$(ask "$url" "SELECT count(*) FROM counted_videos AS v WHERE favorite_count <> (SELECT count(*) FROM favorites WHERE video_id = v.id)")
echo "  videos whose count differs from their likes: $wrong"
[ "$errors" = 0 ] && [ "$wrong" = 0 ]
