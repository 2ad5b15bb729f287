# What is on this machine. Every probe prints the finding (a path, a version) and returns 0, or
# prints nothing and returns 1; none changes anything. Sourced by ./codex.

first_executable() {
    local candidate
    for candidate in "$@"; do
        if [ -x "$candidate" ]; then printf '%s\n' "$candidate"; return 0; fi
    done
    return 1
}

# Puts a .NET SDK that is installed but not on the PATH there, and tells the built programs where it is.
use_installed_dotnet() {
    local found folder
    if ! have dotnet; then
        found=$(first_executable "${DOTNET_ROOT:-/nonexistent}/dotnet" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet \
            /usr/local/share/dotnet/dotnet /usr/lib/dotnet/dotnet /opt/homebrew/bin/dotnet) || return 0
        PATH=$(dirname "$found"):$PATH
    fi
    if [ -n "${DOTNET_ROOT:-}" ]; then return 0; fi
    found=$(command -v dotnet)
    while [ -L "$found" ]; do
        folder=$(dirname "$found")
        found=$(readlink "$found")
        case $found in /*) ;; *) found=$folder/$found ;; esac
    done
    folder=$(dirname "$found")
    if [ -d "$folder/shared/Microsoft.NETCore.App" ]; then
        DOTNET_ROOT=$folder
        export DOTNET_ROOT
    fi
}

probe_dotnet() { have dotnet && dotnet --list-sdks 2>/dev/null | grep -E '^10\.' | tail -n 1 | cut -d' ' -f1 | grep .; }

# $1: version found, $2: least version, both major.minor
version_at_least() {
    local major=${1%%.*} rest=${1#*.} least_major=${2%%.*} least_rest=${2#*.}
    local minor=${rest%%.*} least_minor=${least_rest%%.*}
    [ "$major" -gt "$least_major" ] || { [ "$major" -eq "$least_major" ] && [ "$minor" -ge "$least_minor" ]; }
}

probe_git() {
    local version
    version=$(git --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1)
    [ -n "$version" ] && version_at_least "$version" 2.30 && printf '%s\n' "$version"
}

probe_node() {
    local version
    version=$(node --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1)
    [ -n "$version" ] && version_at_least "$version" 20.0 && have npm && printf '%s\n' "$version"
}

# The folder with PostgreSQL's server programs; the newest version where there are several.
probe_postgres() {
    local folder found='' onpath
    if onpath=$(command -v postgres 2>/dev/null) && have initdb; then dirname "$onpath"; return 0; fi
    for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
        /Applications/Postgres.app/Contents/Versions/*/bin; do
        if [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ]; then found=$folder; fi
    done
    [ -n "$found" ] && printf '%s\n' "$found"
}

probe_rabbitmq() {
    command -v rabbitmq-server 2>/dev/null || first_executable /usr/sbin/rabbitmq-server /usr/lib/rabbitmq/bin/rabbitmq-server /opt/homebrew/sbin/rabbitmq-server /usr/local/opt/rabbitmq/sbin/rabbitmq-server
}

probe_chromium() {
    command -v chromium 2>/dev/null || command -v chromium-browser 2>/dev/null || command -v google-chrome 2>/dev/null \
        || command -v google-chrome-stable 2>/dev/null \
        || first_executable '/Applications/Chromium.app/Contents/MacOS/Chromium' '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
}
