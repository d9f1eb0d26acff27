#!/usr/bin/env bash
# Fills a database with generated users, videos, likes, comments, follows and messages, and prints what that took.
#
# Usage: bench/data.sh DATABASE_URL VIDEOS USERS LIKES
#
# DATABASE_URL is what psql connects to, as a superuser: a URL or "host=… dbname=…", for example of a server started by
# `clipyard up` with an empty database made beside its own. Apply the migrations first: CLIPYARD_DATABASE_URL=… clipyard
# migrate. Two sizes with the same number of likes per user, to compare:
#
#   bench/data.sh "$small" 1000 100 10000
#   bench/data.sh "$large" 1000000 100000 10000000    # about two minutes and 2.5 GB
set -euo pipefail
cd "$(dirname "$0")"
if [ $# -ne 4 ]; then
    echo "Usage: bench/data.sh DATABASE_URL VIDEOS USERS LIKES" >&2
    exit 2
fi

ask() { psql "$1" -XAtq -v ON_ERROR_STOP=1 -c "$2"; }
if [ "$(ask "$1" "SELECT to_regclass('public.video_count_log') IS NOT NULL")" != t ]; then
    echo "bench/data.sh: the database lacks our tables. Run: CLIPYARD_DATABASE_URL=… clipyard migrate" >&2
    exit 1
fi
start=$SECONDS
psql "$1" -X -v videos="$2" -v users="$3" -v likes="$4" -f data.sql
ask "$1" "SELECT format('$2 videos, $3 users, $4 likes: $((SECONDS - start)) s, %s',
    pg_size_pretty(pg_database_size(current_database())))"
