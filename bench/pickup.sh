#!/usr/bin/env bash
# How long an idle worker takes to pick up a job: from the commit that uploads a video to the claim of its first job.
# Both times are the database's clock. Prints the median; it should be under 20 ms.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${1:-21}
. bench/lib/clipyard.sh

start_up
base=$up
ffmpeg -v error -y -f lavfi -i testsrc2=size=160x120:rate=10:duration=1 -pix_fmt yuv420p "$home/clip.mp4"
# One creator each, so that no cap of a creator's concurrent jobs is in the way; one at a time, so that the worker is idle.
for i in $(seq "$jobs"); do
    token=$(register "bench$i")
    curl -fsS -F "token=$token" -F title=bench -F "data=@$home/clip.mp4" "$base/douyin/publish/action/" >/dev/null
    until [ "$(ask "$url" "SELECT count(*) FROM jobs.flow WHERE finished_at IS NULL")" = 0 ]; do sleep 0.05; done
    sleep 0.05
done
ask "$url" "
    SELECT format('pick-up by an idle worker: median %s ms, 90 %% %s ms, max %s ms (%s jobs)',
        round((percentile_cont(0.5) WITHIN GROUP (ORDER BY ms))::numeric, 1),
        round((percentile_cont(0.9) WITHIN GROUP (ORDER BY ms))::numeric, 1), round(max(ms)::numeric, 1), count(*))
    FROM (SELECT extract(epoch FROM attempted_at - created_at) * 1000 AS ms FROM jobs.job WHERE kind = 'probe_video') AS t"
