#!/usr/bin/env bash
# A file of 2 GiB into SeaweedFS: as workers store outputs (a file), as a stream of unknown length, and as a form and by tus
# to `clipyard serve` with that store; against `rclone copyto` of the same file to the same server, interleaved, medians.
# The ratios should be at least 0.8, the memory of ours small. rclone sends without reading back, as ours; both send parts
# of what is longer than a few MiB.
# Usage: bench/storage.sh [MEBIBYTES] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
mebibytes=${1:-2048}
rounds=${2:-5}
tools=$PWD/.tools/bin
swift build -c release --product storage-benchmark >&2
ours=$PWD/.build/release/storage-benchmark
. bench/lib/clipyard.sh
. bench/lib/uploads.sh

start_up
# Nothing is to be made of these uploads.
CLIPYARD_DATABASE_URL=$url .build/release/clipyard queue pause probe >/dev/null

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
pids+=($!)
export CLIPYARD_STORAGE=s3://bench CLIPYARD_STORAGE_ENDPOINT=http://127.0.0.1:$port CLIPYARD_STORAGE_PATH_STYLE=yes
export CLIPYARD_STORAGE_ACCESS_KEY=$key CLIPYARD_STORAGE_SECRET_KEY=$secret CLIPYARD_SCRATCH=$home/scratch
signed() { curl -fs -o /dev/null --aws-sigv4 aws:amz:us-east-1:s3 --user "$key:$secret" "$@"; }
for _ in $(seq 300); do
    signed -X PUT "$CLIPYARD_STORAGE_ENDPOINT/bench" && signed -T "$home/s3.json" "$CLIPYARD_STORAGE_ENDPOINT/bench/ready" && break
    sleep 0.2
done

CLIPYARD_LOG_LEVEL=warning serve "$url"
token=$(register bench)

file=$home/file.mp4
make_file "$file" "$mebibytes"
remote=":s3,provider=SeaweedFS,endpoint='$CLIPYARD_STORAGE_ENDPOINT',access_key_id=$key,secret_access_key=$secret:bench"
rclone() { "$tools/rclone" --config /dev/null "$@"; }
# SeaweedFS keeps what was deleted until it is told to tidy up.
clean() {
    rclone delete "$remote/$1"
    curl -fsS -o /dev/null "http://127.0.0.1:$((port + 1))/vol/vacuum?garbageThreshold=0.01"
    sync
}
# timed NAME FUNCTION ARGUMENT...: notes the seconds.
timed() {
    local start=$EPOCHREALTIME
    "${@:2}" >&2
    awk "BEGIN { print $EPOCHREALTIME - $start }" >>"$home/$1.runs"
}
for _ in $(seq "$rounds"); do
    ln "$file" "$home/moved"
    "$ours" move "$home/moved" run/move >>"$home/move.runs"
    clean run
    "$ours" stream "$file" run/stream >>"$home/stream.runs"
    clean run
    for way in form tus; do
        timed "$way" "$way" "$file"
        clean sources
    done
    timed rclone rclone copyto "$file" "$remote/run/rclone"
    clean run
done
echo "$mebibytes MiB into SeaweedFS, medians of $rounds; rclone copyto: $(median <"$home/rclone.runs") s"
for way in move stream form tus; do
    awk -v way="$way" -v mib="$mebibytes" -v ours="$(cut -d' ' -f1 "$home/$way.runs" | median)" \
        -v rclone="$(median <"$home/rclone.runs")" 'BEGIN {
            printf "%-6s %.0f MiB/s, ratio to rclone %.2f (at least 0.8)\n", way, mib / ours, rclone / ours }'
done
awk -v memory="$(cut -d' ' -f2 "$home/move.runs" "$home/stream.runs" | sort -n | tail -1)" \
    -v server="$(awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$server/status")" \
    'BEGIN { printf "peaks of memory: %d MiB of a file or stream, %d MiB of the server\n", memory, server }'
