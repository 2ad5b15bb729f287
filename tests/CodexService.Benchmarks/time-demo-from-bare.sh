#!/usr/bin/env bash
# Times ./codex demo from nothing: a clean clone, empty caches of NuGet and npm, an empty data folder, and, where this
# runs as root on Linux, a Docker engine of its own without any image. What the machine has installed (packages, the .NET
# SDK, Node) stays: on a machine that lacks them the launcher installs them within the same time.
#
# usage: tests/CodexService.Benchmarks/time-demo-from-bare.sh [--keep]     prints the seconds on stdout
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
folder=$(mktemp -d "${TMPDIR:-/tmp}/codex-bare.XXXXXX")
# PostgreSQL may run as another user, who has to get in.
chmod 755 "$folder"
clean_up() {
    # The engine's keeper stops it a moment after its last user has gone.
    for _ in $(seq 100); do if [ ! -e "$folder/engine/dockerd.pid" ]; then break; fi; sleep 0.2; done
    rm -rf "$folder"
}
if [ "${1:-}" != --keep ]; then trap clean_up EXIT; fi

git clone --quiet --no-hardlinks "$root" "$folder/codex-service"
export CODEX_DATA=$folder/data NUGET_PACKAGES=$folder/nuget npm_config_cache=$folder/npm
unset CODEX_DATABASE CODEX_RABBITMQ CODEX_URL CODEX_TOKEN
if [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] && [ -z "${DOCKER_HOST:-}" ]; then export CODEX_DOCKER_ROOT=$folder/engine; fi

started=$(date +%s)
"$folder/codex-service/codex" demo >&2
printf '%d\n' $(($(date +%s) - started))
