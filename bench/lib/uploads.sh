# How the benchmarks upload to `clipyard serve` at $base as the user of $token; sourced, after bench/lib/clipyard.sh.

# make_file FILE MEBIBYTES: the head of an MP4, so that it is not refused, and bytes that no disk can make smaller.
make_file() { { printf '\0\0\0\30ftypisom\0\0\2\0isommp42'; head -c "$(($2 * 1048576 - 24))" /dev/urandom; } >"$1"; }

form() {
    local answer
    answer=$(curl -sS -F "token=$token" -F title=bench -F "data=@$1" "$base/douyin/publish/action/")
    grep -q '"status_code":0' <<<"$answer" || { echo "$answer" >&2; return 1; }
}

# Creation, then one PATCH, as `clipyard publish` sends it.
tus() {
    local address headers=(-H "Tus-Resumable: 1.0.0" -H "Authorization: Bearer $token")
    address=$(curl -fsS -D - -o /dev/null -X POST "${headers[@]}" -H "Upload-Length: $(stat -c %s "$1")" \
        -H "Upload-Metadata: title $(printf bench | base64)" "$base/api/v1/uploads" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
    curl -fsS -o /dev/null -X PATCH -T "$1" "${headers[@]}" -H "Upload-Offset: 0" \
        -H "Content-Type: application/offset+octet-stream" "$base$address"
}
