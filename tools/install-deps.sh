#!/usr/bin/env bash
# Installs, by name, exactly those Debian 12 packages that are missing. With nothing missing it asks no server and
# needs no privileges; otherwise it has to run as root.
#
#   tools/install-deps.sh build    what building and running `tidepool` needs (quickstart.sh)
#   tools/install-deps.sh all      that, and the tests, benchmarks, second compiler and linters (check.sh)
set -euo pipefail

readonly build_packages=(
  g++ cmake ninja-build
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev  # 1.81 by name: Debian's default is 1.74.
  libcli11-dev libfmt-dev libhowardhinnant-date-dev librandom123-dev libspdlog-dev libsqlite3-dev libssl-dev
  libxxhash-dev zlib1g-dev
  tzdata                   # The zones of local times in what is imported.
)
readonly check_packages=(
  catch2 libbenchmark-dev librapidcheck-dev
  clang clang-format clang-tidy libclang-rt-14-dev
  ccache git mold
  curl                     # The commands of the documents.
  python3-openstackclient  # A client that the tests drive.
  chromium chromium-driver # Look at the pages that 'report' makes.
  python3-jsonschema       # Holds answers against the testbed's description.
)

usage() {
  sed -n '2,6s/^# \{0,1\}//p' "$0"
}

case "${1-}" in
  build) wanted=("${build_packages[@]}") ;;
  all) wanted=("${build_packages[@]}" "${check_packages[@]}") ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

if ! command -v dpkg-query > /dev/null; then
  echo "install-deps.sh: this is not a Debian system. Needed are, under their Debian 12 names: ${wanted[*]}" >&2
  exit 1
fi

# dpkg-query fails when it does not know one of the names; those are the ones missing from its answer.
installed=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2> /dev/null || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qx "installed $package" <<< "$installed" || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
fi

if [[ $EUID -ne 0 ]]; then
  echo "install-deps.sh: these packages are missing, and installing them needs root: ${missing[*]}" >&2
  echo "Run: sudo tools/install-deps.sh $1" >&2
  exit 1
fi

echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q < /dev/null
apt-get install -q -y --no-install-recommends "${missing[@]}" < /dev/null
