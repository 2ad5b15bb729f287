# ./codex doctor: what is here, what is missing and how to get it. Ends 0 when `./codex demo` could
# run. Sourced by ./codex; changes nothing.

doctor_blocked=0

row() { printf '%-16s %-9s %s\n' "$1" "$2" "$3"; }

# Needed for demo: blocks when it is missing and the launcher cannot get it itself.
row_missing() {
    if [ "$3" = self ]; then row "$1" 'missing' "$2"; else row "$1" 'MISSING' "$2"; doctor_blocked=1; fi
}

doctor_engine() {
    local details
    look_at_engine
    if [ "$ENGINE_STATE" = running ]; then
        details=$(docker info --format '{{.Driver}}, cgroup v{{.CgroupVersion}}, {{.NCPU}} processors, {{.MemTotal}} bytes of memory' 2>/dev/null) || details=''
        row 'docker engine' ok "$ENGINE_DETAIL at ${DOCKER_HOST:-unix:///var/run/docker.sock}${details:+ ($details)}"
    elif [ "$ENGINE_STATE" = silent ] && can_start_engine; then
        row_missing 'docker engine' 'installed but not running: ./codex starts it' self
    elif [ "$ENGINE_STATE" != no-permission ] && ! engine_address_is_given && can_install_packages; then
        row_missing 'docker engine' 'not installed: ./codex installs docker.io' self
    else
        row_missing 'docker engine' "$(engine_advice)" person
    fi
}

doctor_image() {
    local image=${CODEX_SANDBOX_IMAGE:-codex-service/sandbox:1}
    if [ "$ENGINE_STATE" != running ]; then row 'sandbox image' unknown 'needs the Docker engine'; return; fi
    if docker image inspect "$image" >/dev/null 2>&1; then row 'sandbox image' ok "$image"
    else row 'sandbox image' missing "$image: ./codex builds it (infra/sandbox/build-image)"; fi
    image=${CODEX_SANDBOX_DOTNET_IMAGE:-codex-service/sandbox-dotnet:1}
    if docker image inspect "$image" >/dev/null 2>&1; then row 'image for .NET' ok "$image"
    else row 'image for .NET' 'not built' "$image: infra/sandbox-dotnet/build-image builds it; only repositories in C# need it"; fi
}

# $1 name, $2 finding, $3 package, $4 whether only the tests need it
doctor_package() {
    if [ -n "$2" ]; then row "$1" ok "$2${4:+ (only ./codex test needs it)}"
    elif can_install_packages; then row "$1" missing "./codex installs it${4:+ when it runs the tests; only they need it}"
    elif [ -n "${4:-}" ]; then row "$1" missing "$(how_to_install "$3"); only the tests need it"
    else row_missing "$1" "$(how_to_install "$3")" person; fi
}

doctor_disk() {
    local folder=$CODEX_DATA_FOLDER free
    while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
    free=$(df -Pk "$folder" 2>/dev/null | awk 'NR == 2 { print int($4 / 1048576) }')
    if [ -z "$free" ]; then row 'disk space' unknown "$folder"
    elif [ "$free" -lt 5 ]; then row 'disk space' LOW "$free GiB free at $folder: 5 GiB are needed for images and builds"
    else row 'disk space' ok "$free GiB free at $folder"; fi
}

doctor_control_groups() {
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then row 'control groups' ok "version 2 ($(tr ' ' ',' < /sys/fs/cgroup/cgroup.controllers))"
    elif [ -d /sys/fs/cgroup/memory ] && [ -d /sys/fs/cgroup/pids ]; then row 'control groups' ok 'version 1'
    elif is_linux; then row 'control groups' missing 'no memory and pids controllers at /sys/fs/cgroup: sandboxes cannot be limited'
    else row 'control groups' ok 'inside the Docker engine'; fi
}

doctor_port() {
    local port=${CODEX_PORT:-8080}
    case $port in
        # Said with the settings, by the service itself.
        *[!0-9]* | ??????*) ;;
        0) row 'port' ok 'a free one is taken (CODEX_PORT=0)' ;;
        *)
            if [ "$port" -gt 65535 ]; then return; fi
            if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then row 'port' 'in use' "$port: by a running ./codex up, or by another program (then set CODEX_PORT)"
            else row 'port' ok "$port is free"; fi
            ;;
    esac
}

# A value with what must not be seen left out.
masked() {
    case $1 in
        *KEY | *TOKEN | *SECRET | *PASSWORD) printf '(set, hidden)' ;;
        *) printf '%s' "$2" | sed -E 's#(://[^:/@]*):[^@/]*@#\1:***@#; s/([Pp]assword|[Pp]wd)[[:space:]]*=[^;]*/\1=***/g' ;;
    esac
}

# What the services would refuse when they start, by their own checks, and how they stand with GitHub; the finding's columns come
# from the program.
doctor_services() {
    local name state finding
    settings_told=0
    if ! products_are_current; then
        row settings unknown 'the programs have to be built first: ./codex --help'
        return
    fi
    while IFS="$(printf '\t')" read -r name state finding; do
        if [ -z "$finding" ]; then row settings BAD "${name#codex-service: }"; state=BAD
        else row "$name" "$state" "$finding"; fi
        if [ "$state" = BAD ]; then settings_told=1; doctor_blocked=1; fi
    done < <("$CODEX_STANDALONE" examine-settings 2>&1)
}

# Calls each configured model; the finding's columns come from the program.
doctor_models() {
    local name state finding
    if [ -z "${CODEX_MODEL_URL:-}${CODEX_MODEL:-}${OPENAI_API_KEY:-}${ANTHROPIC_API_KEY:-}" ] && ! env | grep -q '^Models__'; then
        row models none 'the repair brain works alone; set CODEX_MODEL_URL and CODEX_MODEL for a model'
        return
    fi
    if ! products_are_current; then
        row models unknown 'the programs have to be built first: ./codex --help'
        return
    fi
    # A setting that cannot be used is told on stderr, in one line.
    while IFS="$(printf '\t')" read -r name state finding; do
        if [ -z "$finding" ]; then
            if [ "$settings_told" = 0 ]; then row models BROKEN "${name#codex-service: }"; fi
        else row "model $name" "$state" "$finding"; fi
    done < <("$CODEX_STANDALONE" examine-models 2>&1)
}

doctor_settings() {
    local name none=1
    printf '\nSettings in the environment:\n'
    for name in $(env | grep -oE '^(CODEX_[A-Z0-9_]+|OPENAI_API_KEY|ANTHROPIC_API_KEY|DOCKER_HOST|GITHUB_API_URL)=' | tr -d = | LC_ALL=C sort -u); do
        if [ "$name" = CODEX_ROOT ] || [ -z "${!name:-}" ]; then continue; fi
        printf '  %s=%s\n' "$name" "$(masked "$name" "${!name}")"
        none=0
    done
    if [ "$none" = 1 ]; then printf '  none: the repair brain works, with everything embedded\n'; fi
}

doctor_usage() {
    cat <<'USAGE'
usage: ./codex doctor

Says what is installed, what is missing and how to get it, and which settings the services would refuse. Changes nothing.
Ends 0 when ./codex demo can run.
USAGE
}

doctor() {
    local found
    case ${1-} in
        '') ;;
        --help | -h | '-?') doctor_usage; return 0 ;;
        *) fail "unknown argument '$1': ./codex doctor takes none" ;;
    esac
    use_engine_address
    use_installed_dotnet
    row 'WHAT' 'STATE' 'DETAIL'
    if found=$(probe_dotnet); then row '.NET SDK' ok "$found"
    else row_missing '.NET SDK' 'install .NET 10: https://dotnet.microsoft.com/download/dotnet/10.0' person; fi
    if found=$(probe_node); then row 'node and npm' ok "$found (builds the dashboard)"
    else row_missing 'node and npm' 'install Node.js 20 or newer: https://nodejs.org/en/download' person; fi
    if found=$(probe_git); then row git ok "$found"
    else row_missing git "2.30 or newer: $(how_to_install git)" person; fi
    doctor_engine
    doctor_image
    if [ -z "${CODEX_DATABASE:-}" ]; then doctor_package postgresql "$(probe_postgres || true)" postgresql
    elif ! products_are_current; then row postgresql unknown 'CODEX_DATABASE names a server; the programs have to be built before it can be asked'; fi
    doctor_package rabbitmq "$(probe_rabbitmq || true)" rabbitmq-server tests
    doctor_package chromium "$(probe_chromium || true)" chromium tests
    doctor_control_groups
    doctor_disk
    doctor_port
    doctor_services
    doctor_models
    if products_are_current; then row 'programs' ok 'built'; else row 'programs' stale './codex builds them'; fi
    doctor_settings
    printf '\n'
    if [ "$doctor_blocked" = 0 ]; then printf './codex demo can run.\n'; else printf './codex demo cannot run yet: see MISSING and BAD above.\n'; fi
    return "$doctor_blocked"
}
