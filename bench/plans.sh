#!/usr/bin/env bash
# Checks the plan of every statement in a large database of its own, and compares what people ask for in it with the same
# in a small one: for each read milliseconds (median small, median large, 99 % small, 99 % large) and pages.
#
# Usage: bench/plans.sh [VIDEOS USERS LIKES]    by default 1000000 100000 10000000: minutes, and about 3 GB
set -euo pipefail
cd "$(dirname "$0")/.."
export CLIPYARD_TEST_SCALE="${1:-1000000},${2:-100000},${3:-10000000}"
swift build --build-tests
swift test --skip-build --filter 'DatabaseTests\.(PlanTests|ScaleTests)' --no-parallel
