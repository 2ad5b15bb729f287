# Names, folders and the way the launcher speaks. Sourced by ./codex.

# A bare environment (a service, a container) may lack these.
if [ -z "${HOME:-}" ]; then
    unset HOME
    HOME=~
fi
export HOME

CODEX_DATA_FOLDER=${CODEX_DATA:-$HOME/.local/share/codex-service}
CODEX_ARTIFACTS=$CODEX_ROOT/artifacts
CODEX_CLI=$CODEX_ARTIFACTS/bin/CodexService.Cli/release/CodexService.Cli
CODEX_STANDALONE=$CODEX_ARTIFACTS/bin/CodexService.Standalone/release/CodexService.Standalone
CODEX_SOLUTION=$CODEX_ROOT/CodexService.sln

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# Everything the launcher says goes to stderr: stdout belongs to the command's result.
say() { printf 'codex: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" = 0 ]; }
is_linux() { [ "$(uname -s)" = Linux ]; }

# The servers' programs, which a shell that did not log in as root may not find.
if is_root; then
    PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
    export PATH
fi
