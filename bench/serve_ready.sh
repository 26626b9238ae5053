#!/usr/bin/env bash
# How long `tidepool serve` takes from its start to the line that says where it listens, and to its first answer.
#
#   bench/serve_ready.sh [TIMES [ARGUMENT...]]    default: 21 times; further arguments go to serve
#
# Prints milliseconds: the least, the median, the most. Uses build/release/tidepool, or $TIDEPOOL.
set -euo pipefail

times=${1:-21}
shift || true
program=${TIDEPOOL:-"$(dirname "${BASH_SOURCE[0]}")/../build/release/tidepool"}

# EPOCHREALTIME has six decimals.
microseconds() { echo "${EPOCHREALTIME/[^0-9]/}"; }

ready=() answered=()
for ((i = 0; i < times; ++i)); do
  begin=$(microseconds)
  exec {lines}< <(exec "$program" serve --quiet "$@")
  server=$!
  read -r -u "$lines" line
  ready+=($(($(microseconds) - begin)))
  address=${line##*/}
  exec {connection}<> "/dev/tcp/${address%:*}/${address##*:}"
  printf 'GET /_tidepool/v1/ready HTTP/1.1\r\nHost: x\r\n\r\n' >&"$connection"
  read -r -u "$connection" status
  answered+=($(($(microseconds) - begin)))
  [[ $status == *" 200 "* ]] || { echo "serve_ready.sh: $status" >&2; exit 1; }
  exec {connection}>&- {lines}<&-
  kill "$server"
  wait "$server" 2> /dev/null || true
done

show() {  # name number...
  local name=$1 sorted
  shift
  mapfile -t sorted < <(printf '%s\n' "$@" | sort -n)
  awk -v name="$name" -v least="${sorted[0]}" -v middle="${sorted[$((${#sorted[@]} / 2))]}" -v most="${sorted[-1]}" \
    'BEGIN { printf "%-15s least %.1f ms, median %.1f ms, most %.1f ms\n", name, least / 1000, middle / 1000, most / 1000 }'
}
show listening "${ready[@]}"
show "first answer" "${answered[@]}"
