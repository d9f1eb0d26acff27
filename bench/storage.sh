#!/usr/bin/env bash
# A file of 2 GiB into SeaweedFS: as workers store outputs (a file) and as uploads arrive (a stream of unknown length),
# against `rclone copyto` of the same file to the same server, interleaved, medians. The ratios should be at least 0.8,
# the memory of ours small. rclone sends without reading back, as ours; both send parts of what is longer than a few MiB.
# Usage: bench/storage.sh [MEBIBYTES] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
mebibytes=${1:-2048}
rounds=${2:-5}
tools=$PWD/.tools/bin
swift build -c release --product storage-benchmark >&2
ours=$PWD/.build/release/storage-benchmark

home=$(mktemp -d "${TMPDIR:-/tmp}/cy-bench-XXXXXX")
trap 'kill -KILL "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$home"' EXIT
# SeaweedFS takes each port and the one 10000 above.
port=$((11000 + RANDOM % 10000))
key=CLIPYARDBENCH secret=a-secret-of-the-benchmark
cat >"$home/s3.json" <<JSON
{"identities": [{"name": "bench", "actions": ["Admin", "Read", "Write", "List"],
    "credentials": [{"accessKey": "$key", "secretKey": "$secret"}]}]}
JSON
mkdir "$home/data" "$home/scratch"
"$tools/weed" server -dir="$home/data" -ip=127.0.0.1 -ip.bind=127.0.0.1 -s3 -s3.port="$port" -master.port=$((port + 1)) \
    -volume.port=$((port + 2)) -filer -filer.port=$((port + 3)) -s3.config="$home/s3.json" -s3.iam=false \
    -s3.port.iceberg=0 -s3.port.lance=0 -volume.max=400 -master.volumeSizeLimitMB=1024 -volume.minFreeSpace=1 -webdav=false \
    -master.telemetry=false -master.electionTimeout=500ms -master.heartbeatInterval=150ms >"$home/server.log" 2>&1 &
server=$!
export CLIPYARD_STORAGE=s3://bench CLIPYARD_STORAGE_ENDPOINT=http://127.0.0.1:$port CLIPYARD_STORAGE_PATH_STYLE=yes
export CLIPYARD_STORAGE_ACCESS_KEY=$key CLIPYARD_STORAGE_SECRET_KEY=$secret CLIPYARD_SCRATCH=$home/scratch
signed() { curl -fs -o /dev/null --aws-sigv4 aws:amz:us-east-1:s3 --user "$key:$secret" "$@"; }
for _ in $(seq 300); do
    signed -X PUT "$CLIPYARD_STORAGE_ENDPOINT/bench" && signed -T "$home/s3.json" "$CLIPYARD_STORAGE_ENDPOINT/bench/ready" && break
    sleep 0.2
done

# Bytes that nothing can make smaller.
file=$home/file
head -c "$((mebibytes * 1048576))" /dev/urandom >"$file"
remote=":s3,provider=SeaweedFS,endpoint='$CLIPYARD_STORAGE_ENDPOINT',access_key_id=$key,secret_access_key=$secret:bench"
seconds() { local start=$EPOCHREALTIME; "$@" >&2; awk "BEGIN { print $EPOCHREALTIME - $start }"; }
clean() { signed -X DELETE "$CLIPYARD_STORAGE_ENDPOINT/bench/$1"; sync; }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
for _ in $(seq "$rounds"); do
    ln "$file" "$home/moved"
    "$ours" move "$home/moved" move >>"$home/move.runs" && clean move
    "$ours" stream "$file" stream >>"$home/stream.runs" && clean stream
    seconds "$tools/rclone" --config /dev/null copyto "$file" "$remote/rclone" >>"$home/rclone.runs" && clean rclone
done
awk -v mib="$mebibytes" -v rounds="$rounds" -v move="$(median <"$home/move.runs")" -v stream="$(median <"$home/stream.runs")" \
    -v rclone="$(median <"$home/rclone.runs")" -v memory="$(cut -d' ' -f2 "$home/move.runs" "$home/stream.runs" | sort -n | tail -1)" 'BEGIN {
    printf "%d MiB into SeaweedFS, median of %d: a file %.0f MiB/s, a stream %.0f MiB/s, rclone copyto %.0f MiB/s\n",
        mib, rounds, mib / move, mib / stream, mib / rclone
    printf "ratios to rclone: file %.2f, stream %.2f (at least 0.8); peak of memory %d MiB\n", rclone / move, rclone / stream, memory
}'
