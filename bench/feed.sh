#!/usr/bin/env bash
# The feed's first page, asked for by wrk: without a login against nginx serving the same bytes as a file, and with one
# against pgbench running its one query on the same database. Interleaved, medians. The first ratio should be at least 0.5, the
# second at least 0.6.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
seconds=${2:-4}
connections=32
. bench/lib/clipyard.sh

start_up
bench/data.sh "$url" 1000 100 10000 >/dev/null
serve "$url"
mkdir -p "$home/files"
curl -fsS "$base/douyin/feed/" >"$home/files/feed.json"
[ "$(grep -o '"play_url"' "$home/files/feed.json" | wc -l)" = 30 ] || { echo "the feed's page is not full" >&2; exit 1; }
serve_files "$home/files"
token=$(register bench)
# Whoever asks likes and follows as much as everyone else.
ask "$url" "INSERT INTO favorites SELECT (SELECT id FROM users WHERE name = 'bench'), video_id FROM favorites WHERE user_id = 1"
ask "$url" "INSERT INTO follows SELECT (SELECT id FROM users WHERE name = 'bench'), followed_id FROM follows WHERE follower_id = 1"

# What a login adds to a page: which of its videos the viewer likes, and which of its authors they follow.
ids() { ask "$url" "SELECT '{' || string_agg($1::text, ',') || '}' FROM (SELECT * FROM videos WHERE is_public ORDER BY published_ms DESC LIMIT 30) AS v"; }
cat >"$home/marks.sql" <<'SQL'
\set viewer random(1, 100)
SELECT user_id, video_id, NULL::bigint FROM favorites WHERE user_id = :viewer AND video_id = ANY(:videos::bigint[])
UNION ALL
SELECT follower_id, NULL, followed_id FROM follows WHERE follower_id = :viewer AND followed_id = ANY(:authors::bigint[]);
SQL
videos=$(ids id)
authors=$(ids author_id)
query() {
    pgbench -n -M prepared -D videos="$videos" -D authors="$authors" -f "$home/marks.sql" -c "$connections" -j 1 -T "$seconds" "$url" |
        sed -n 's/^tps = \([0-9.]*\).*/\1/p'
}
ask_for() { rate -t1 -c"$connections" -d"${seconds}s" "$1"; }

for _ in $(seq "$rounds"); do
    ask_for "$base/douyin/feed/" >>"$home/anonymous"
    ask_for "$files/feed.json" >>"$home/file"
    ask_for "$base/douyin/feed/?token=$token" >>"$home/viewer"
    query >>"$home/query"
    ask_for "$up/douyin/feed/" >>"$home/gateway"
done

ratios() { paste "$home/$1" "$home/$2" | awk '{ print $1 / $2 }' | median; }
report() { awk -v text="$1" -v ours="$(median <"$home/$2")" -v theirs="$(median <"$home/$3")" -v ratio="$(ratios "$2" "$3")" -v least="$4" \
    'BEGIN { printf text, ours, theirs, ratio, least }'; }
echo "feed of 30 videos, $(wc -c <"$home/files/feed.json") bytes, $connections connections, median of $rounds:"
report "  without a login: clipyard %.0f/s, nginx with the same bytes in a file %.0f/s: ratio %.2f (at least %.1f)\n" anonymous file 0.5
report "  with a login: clipyard %.0f/s, pgbench with its one query %.0f/s: ratio %.2f (at least %.1f)\n" viewer query 0.6
report "  without a login, through the gateway: %.0f/s of %.0f/s: ratio %.2f\n" gateway file ""
