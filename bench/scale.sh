#!/usr/bin/env bash
# What people ask for, in a place of 1,000 videos, 100 users and 10,000 likes and in one of a million videos, 100,000 users and
# 10,000,000 likes, interleaved: the 99th percentile of 2 clients that wait for each answer, and the ratio, which should be at most 1.5.
#
# Usage: bench/scale.sh [ROUNDS SECONDS [VIDEOS USERS LIKES]]    minutes, and about 3 GB
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
seconds=${2:-3}
. bench/lib/clipyard.sh

start_up
address() { echo "${url/clipyard\'/$1\'}"; }
for place in small large; do make_database "$place"; done
bench/data.sh "$(address small)" 1000 100 10000 | tail -1
bench/data.sh "$(address large)" "${3:-1000000}" "${4:-100000}" "${5:-10000000}" | tail -1
declare -A server token
# Whom and what is asked for: as much for each in both places, which differ only in how many there are.
pick() { ask "$(address "$1")" "SELECT id FROM ($3) AS t (id) ORDER BY random() LIMIT 2000" >"$home/$1.$2"; }
for place in small large; do
    pick $place users "SELECT id FROM users"
    pick $place moments "SELECT published_ms FROM videos WHERE is_public ORDER BY published_ms DESC LIMIT 1000"
    pick $place commented "SELECT video_id FROM comments GROUP BY video_id HAVING count(*) BETWEEN 1 AND 10"
    pick $place followed "SELECT followed_id FROM follows GROUP BY followed_id HAVING count(*) BETWEEN 5 AND 30"
    serve "$(address $place)"
    server[$place]=$base
    token[$place]=$(register bench)
done

# Arguments: the place, a path up to an id, a file of ids, and what follows them.
p99() {
    local out
    out=$(wrk -t1 -c2 -d"${seconds}s" --latency -s bench/lib/lists.lua "${server[$1]}" -- "$2" "$home/$1.$3" "${4:-}")
    if grep -qE 'Non-2xx|Socket errors' <<<"$out"; then echo "$out" >&2; exit 1; fi
    awk '/^ +99%/ { v = $2; if (v ~ /us$/) print v / 1000; else if (v ~ /ms$/) print v + 0; else print v * 1000 }' <<<"$out"
}
measure() {
    local place=$1 t=${token[$1]}
    {
        echo "feed $(p99 "$place" '/douyin/feed/?latest_time=' moments)"
        echo "feed_with_a_login $(p99 "$place" '/douyin/feed/?latest_time=' moments "&token=$t")"
        echo "user $(p99 "$place" '/douyin/user/?user_id=' users "&token=$t")"
        echo "publish_list $(p99 "$place" '/douyin/publish/list/?user_id=' users "&token=$t")"
        echo "favorite_list $(p99 "$place" '/douyin/favorite/list/?user_id=' users "&token=$t")"
        echo "comment_list $(p99 "$place" '/douyin/comment/list/?video_id=' commented "&token=$t")"
        echo "follow_list $(p99 "$place" '/douyin/relation/follow/list/?user_id=' users "&token=$t")"
        echo "follower_list $(p99 "$place" '/douyin/relation/follower/list/?user_id=' followed "&token=$t")"
        echo "friend_list $(p99 "$place" '/douyin/relation/friend/list/?user_id=' users "&token=$t")"
        echo "message_chat $(p99 "$place" '/douyin/message/chat/?to_user_id=' users "&token=$t")"
    } >>"$home/$place"
}
# The first round warms caches and is not counted.
for place in small large; do measure "$place"; rm "$home/$place"; done
for _ in $(seq "$rounds"); do for place in small large; do measure "$place"; done; done

echo "99 % of answers within, median of $rounds rounds (small place → large place, ratio at most 1.5):"
paste -d ' ' "$home/small" "$home/large" | sort -k1,1 -s | awk '{ print $1, $2, $4, $4 / $2 }' >"$home/all"
for what in $(awk '!seen[$1]++ { print $1 }' "$home/small"); do
    column() { awk -v w="$what" -v c="$1" '$1 == w { print $c }' "$home/all" | median; }
    awk -v what="${what//_/ }" -v a="$(column 2)" -v b="$(column 3)" -v r="$(column 4)" 'BEGIN { printf "  %-18s %.2f ms → %.2f ms: %.2f\n", what, a, b, r }'
done
