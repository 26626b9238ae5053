#!/usr/bin/env bash
# M/M/c (ten servers at 90 % load) here and in three simulators that Debian 12 packages, in one run: customers a second.
#
#   bench/peers/mmc.sh [ROUNDS]    default 3; the median of each is printed
#
# Needs build/release/bench/station_bench, and as root installs python3-simpy, libns3-dev and libsimgrid3.32 where they are
# missing; SimGrid's headers are unpacked beside the build, for its -dev package can't be installed beside Boost 1.81. A peer
# that can't be had is left out with a message. Everyone draws for himself, so the mean waits (0.669 in theory) differ a little.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly rounds=${1:-3} out=build/peers rate=9 servers=10
readonly ours=build/release/bench/station_bench
[[ -x $ours ]] || { echo "mmc.sh: $ours is missing: cmake --preset release && cmake --build --preset release" >&2; exit 1; }
mkdir -p "$out"

for package in python3-simpy libns3-dev libsimgrid3.32; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed && continue
  if [[ $EUID -ne 0 ]] || ! apt-get install -q -y --no-install-recommends "$package" > "$out/apt.log" 2>&1; then
    echo "mmc.sh: $package can't be installed, its peer is left out" >&2
  fi
done
if [[ ! -d $out/simgrid ]]; then
  (cd "$out" && apt-get download libsimgrid-dev > apt.log 2>&1 && dpkg -x libsimgrid-dev_*.deb simgrid) ||
    echo "mmc.sh: SimGrid's headers can't be had, it is left out" >&2
fi

peers=()
/usr/bin/python3 -c 'import SimPy' 2> /dev/null && peers+=(simpy)
if g++ -O3 -std=c++17 -w bench/peers/mmc_ns3.cc -o "$out/mmc_ns3" -lns3-core 2> "$out/ns3.log"; then
  peers+=(ns3-map ns3-heap ns3-priority)
fi
if g++ -O3 -std=c++17 -w "-I$out/simgrid/usr/include" bench/peers/mmc_simgrid.cpp -o "$out/mmc_simgrid" \
  -l:libsimgrid.so.3.32 2> "$out/simgrid.log"; then
  peers+=(simgrid)
fi

once() {  # who -> "... N customers/s, mean wait W"
  case $1 in
    tidepool)
      "$ours" --benchmark_filter='^BM_MMc/10$' --benchmark_format=csv 2> /dev/null |
        awk -F, '/BM_MMc/ {gsub(/"/, ""); printf "tidepool: %.0f customers/s, mean %s\n", $7, $9}' ;;
    simpy) /usr/bin/python3 bench/peers/mmc_simpy.py 300000 $rate $servers ;;
    ns3-map) "$out/mmc_ns3" 1000000 $rate $servers ns3::MapScheduler ;;
    ns3-heap) "$out/mmc_ns3" 1000000 $rate $servers ns3::HeapScheduler ;;
    ns3-priority) "$out/mmc_ns3" 1000000 $rate $servers ns3::PriorityQueueScheduler ;;
    simgrid) "$out/mmc_simgrid" 300000 $rate $servers 2> /dev/null ;;
  esac
}

for ((round = 0; round < rounds; ++round)); do
  for who in tidepool "${peers[@]}"; do once "$who" | sed "s|^|$who |" >> "$out/rounds.$$"; done
done
median() { grep "^$1 " "$out/rounds.$$" | grep -oE '[0-9]+ customers' | cut -d ' ' -f 1 | sort -n | sed -n "$(((rounds + 1) / 2))p"; }
readonly base=$(median tidepool)
printf '%-14s %14s %10s   %s\n' simulator customers/s 'we are' 'mean wait in the last round'
for who in tidepool "${peers[@]}"; do
  speed=$(median "$who")
  printf '%-14s %14s %9sx   %s\n' "$who" "$speed" "$(awk "BEGIN {printf \"%.1f\", $base / $speed}")" \
    "$(grep "^$who " "$out/rounds.$$" | tail -1 | grep -oE '[0-9.]+$')"
done
rm -f "$out/rounds.$$"
