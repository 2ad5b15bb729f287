#!/bin/bash
# usage: run_tests.sh REPORT COMMAND
# Runs COMMAND with bash in the current folder and ends with its exit code; results per test go to REPORT.
# Small python and pytest launchers in front of PATH put the reporter back when a Makefile or a script sets
# PYTHONPATH itself. dotnet test is asked for TRX files by properties of MSBuild, which lose against a command's own --logger;
# its new runner (Microsoft.Testing.Platform) does not know them, then the exit code decides alone. Nothing is written into the current folder: no bytecode, no pytest cache.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
shims=$(mktemp -d "${TMPDIR:-/tmp}/codex-shims-XXXXXX")
trap 'rm -rf "$shims"' EXIT

for name in python python3 pytest py.test coverage; do
    real=$(type -P "$name") || continue
    cat > "$shims/$name" <<SHIM
#!/bin/sh
case ":\${PYTHONPATH:-}:" in
    *":$here:"*) ;;
    *) PYTHONPATH="$here\${PYTHONPATH:+:\$PYTHONPATH}"; export PYTHONPATH ;;
esac
exec "$real" "\$@"
SHIM
    chmod +x "$shims/$name"
done

rm -f "$1"
CODEX_TEST_REPORT=$1 \
PATH="$shims:$PATH" \
PYTHONPATH="$here${PYTHONPATH:+:$PYTHONPATH}" \
PYTHONDONTWRITEBYTECODE=1 \
PYTEST_ADDOPTS="${PYTEST_ADDOPTS:+$PYTEST_ADDOPTS }-o cache_dir=${TMPDIR:-/tmp}/codex-pytest-cache" \
VSTestLogger='trx%3BLogFilePrefix=codex' \
VSTestResultsDirectory="$shims/dotnet" \
    bash -c "$2"
code=$?
if [ -d "$shims/dotnet" ]; then python3 -I "$here/codex_trx_report.py" "$shims/dotnet" "$1" || true; fi
exit "$code"
