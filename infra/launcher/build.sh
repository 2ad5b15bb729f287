# Building what the commands run, only when something changed. Sourced by ./codex.

build_stamp=$CODEX_ARTIFACTS/.launcher-stamp

# What the programs are made of; generated folders excluded. Runs in a subshell for its folder.
list_sources() (
    cd "$CODEX_ROOT" || exit
    find services shared workers samples infra/launcher/codex.slnf CodexService.sln Directory.Build.props \
        Directory.Packages.props global.json BannedSymbols.txt \
        \( -name node_modules -o -name wwwroot -o -name dist -o -name bin -o -name obj \) -prune -o -type f "$@" 2>/dev/null || true
)

source_names() { list_sources -print | LC_ALL=C sort | cksum; }

# True when no source was changed, added or removed since the last build that worked.
products_are_current() {
    [ -x "$CODEX_CLI" ] && [ -x "$CODEX_STANDALONE" ] && [ -e "$build_stamp" ] \
        && [ -z "$(list_sources -newer "$build_stamp" -print | head -n 1)" ] \
        && [ "$(cat "$build_stamp")" = "$(source_names)" ]
}

# What a build needs: always, or if-stale only when one is due. Adds to the advice of prerequisites.sh.
check_build_tools() {
    use_installed_dotnet
    if [ "$1" = if-stale ] && products_are_current; then return; fi
    probe_dotnet >/dev/null || advise "the .NET SDK 10 is missing: install it from https://dotnet.microsoft.com/download/dotnet/10.0"
    if [ -e "$CODEX_ROOT/services/dashboard/package.json" ] && ! probe_node >/dev/null; then
        advise "Node.js 20 or newer with npm is missing: install it from https://nodejs.org/en/download"
    fi
}

# Ends the compiler server that listens on the pipe $1, if the build started one.
stop_compiler_server() {
    local version folder program
    version=$(cd "$CODEX_ROOT" && dotnet --version 2>/dev/null </dev/null) || return 0
    folder=$(dotnet --list-sdks 2>/dev/null </dev/null | sed -nE "s/^$version \\[(.*)\\]\$/\\1/p" | head -n 1)
    program=$folder/$version/Roslyn/bincore/VBCSCompiler.dll
    if [ ! -e "$program" ]; then return 0; fi
    dotnet exec "$program" -shutdown "-pipename:$1" >/dev/null 2>&1 </dev/null || true
}

# Runs dotnet build on $1, quietly; on failure shows the errors and ends.
build_with_dotnet() {
    local log=$CODEX_ARTIFACTS/logs/build.log started=$SECONDS server=codex-$$-$RANDOM result=0
    mkdir -p "$(dirname "$log")"
    # One compiler for all projects loads itself and its analyzers once; without it most of a build's time goes into
    # that. It is this build's own, so that ending it disturbs no other build. No worker processes stay behind, and none
    # keeps this command's descriptors open. Measuring itself for better code, as the runtime does by default, pays for the
    # compiler only after minutes: it was nearly half of what a build of everything computes.
    DOTNET_TieredPGO=${DOTNET_TieredPGO:-0} dotnet build "$1" -c Release --nologo -v quiet -nodeReuse:false -p:UseSharedCompilation=true "-p:SharedCompilationId=$server" \
        >"$log" 2>&1 </dev/null 7>&- 8>&- || result=$?
    stop_compiler_server "$server" 7>&- 8>&-
    if [ "$result" != 0 ]; then
        grep -E '(error|warning) [A-Z]+[0-9]*' "$log" | sed -E 's/ \[[^]]*\]$//' | sort -u | head -n 20 >&2 \
            || tail -n 20 "$log" >&2
        fail "the build failed: see the lines above (all of it: $log)"
    fi
    say "built in $((SECONDS - started)) s"
}

# Remembers a build that worked. $1 is an empty file made when it started: what is changed while
# building is newer than that, so it is built next time.
write_build_stamp() {
    source_names > "$build_stamp.new"
    touch -r "$1" "$build_stamp.new"
    mv "$build_stamp.new" "$build_stamp"
    rm -f "$1"
}

# Makes the CLI and the standalone host current.
ensure_products() {
    local stamp
    use_installed_dotnet
    if products_are_current; then return 0; fi
    check_build_tools if-stale
    stop_where_advice_is_left
    mkdir -p "$CODEX_ARTIFACTS"
    if have flock; then
        exec 6>>"$CODEX_ARTIFACTS/.launcher-build.lock"
        flock 6
        if products_are_current; then exec 6>&-; return 0; fi
    fi
    stamp=$(mktemp "$CODEX_ARTIFACTS/.launcher-build.XXXXXX")
    if [ -x "$CODEX_CLI" ]; then say "building what changed"; else say "building (the first time takes a few minutes)"; fi
    build_with_dotnet "$CODEX_ROOT/infra/launcher/codex.slnf" 6>&-
    write_build_stamp "$stamp"
    if have flock; then exec 6>&-; fi
}
