#!/usr/bin/env bash
# How long the word filter takes for a text of 1,000 characters with a list of 100,000 words: texts without a word, texts
# full of near misses, and texts with words. The first two medians should be under 50 µs.
#
# Beside it, in the same run, on the texts without a word: `grep -oF -f words`, less its time for reading the list; and
# pyahocorasick, the automaton in C that Python programs use, if python3 has it (pip install pyahocorasick). Both know
# no case, width or separators, and do find the words that are parts of longer ones.
#
# Usage: bench/moderation.sh
set -euo pipefail
cd "$(dirname "$0")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

swift build -c release --product moderation-benchmark >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
"$(swift build -c release --show-bin-path)/moderation-benchmark" "$work" | tee "$work/report"
ours=$(awk '/^clean texts/ { print $4 }' "$work/report")
compare() { awk -v ours="$ours" -v name="$1" -v theirs="$2" \
    'BEGIN { printf "%s: %s µs for a clean text; ours takes %.2f times as long\n", name, theirs, ours / theirs }'; }

# Seconds that grep takes for a file.
seconds() {
    local TIMEFORMAT=%R
    # 1: there is no match.
    { time { LC_ALL=C grep -aoF -f "$work/words.txt" "$1" >"$work/found" || [ $? = 1 ]; }; } 2>&1
}
copies=20
for ((copy = 0; copy < copies; copy++)); do cat "$work/clean.txt"; echo; done >"$work/copies.txt"
: >"$work/empty.txt"
lines=$(wc -l <"$work/copies.txt")
all=$(seconds "$work/copies.txt")
reading=$(seconds "$work/empty.txt")
compare "grep -oF" "$(awk -v a="$all" -v b="$reading" -v n="$lines" 'BEGIN { printf "%.1f", (a - b) / n * 1e6 }')"

python3 -c 'import ahocorasick' 2>/dev/null || exit 0
compare pyahocorasick "$(python3 - "$work" <<'PYTHON'
import ahocorasick, statistics, sys, time
automaton = ahocorasick.Automaton()
for word in open(sys.argv[1] + "/words.txt", encoding="utf-8").read().split("\n"):
    automaton.add_word(word, word)
automaton.make_automaton()
times = []
for _ in range(25):
    for text in open(sys.argv[1] + "/clean.txt", encoding="utf-8").read().split("\n"):
        start = time.perf_counter()
        for match in automaton.iter(text):
            pass
        times.append(time.perf_counter() - start)
print(f"{statistics.median(times) * 1e6:.1f}")
PYTHON
)"
