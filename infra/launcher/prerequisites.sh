# What each command needs, made sure of: packages in one go, then the engine, then the sandbox
# image in the background while the programs are built. Sourced by ./codex.

# Collected by the checks below: packages to install, and lines for a person where that is impossible.
wanted_packages=''
advice=''

want() {
    local package
    for package in $1; do wanted_packages="$wanted_packages $package"; done
}

advise() { advice="$advice$1
"; }

check_git() { probe_git >/dev/null || advise "git 2.30 or newer is missing: $(how_to_install git)"; }

check_engine() {
    look_at_engine
    if [ "$ENGINE_STATE" = running ]; then return; fi
    if [ "$ENGINE_STATE" = silent ] && can_start_engine; then return; fi
    if engine_address_is_given && [ "$ENGINE_STATE" != no-client ]; then advise "$(engine_advice)"; return; fi
    if ! can_install_packages || [ "$ENGINE_STATE" = no-permission ]; then advise "$(engine_advice)"; return; fi
    if ! have dockerd && ! engine_address_is_given; then
        want docker.io
        # Without systemd nobody else mounts the control groups.
        if ! [ -d /run/systemd/system ] && ! mountpoint -q /sys/fs/cgroup 2>/dev/null; then want cgroupfs-mount; fi
    fi
    # Newer releases have the client in a package of its own.
    if ! have docker && { have dockerd || package_exists docker-cli; }; then want docker-cli; fi
}

check_postgres() {
    if [ -n "${CODEX_DATABASE:-}" ] || probe_postgres >/dev/null; then return; fi
    if can_install_packages; then want postgresql
    else advise "PostgreSQL is missing: $(how_to_install postgresql), or set CODEX_DATABASE to a server's connection string"; fi
}

check_rabbitmq() {
    if probe_rabbitmq >/dev/null; then return; fi
    if can_install_packages; then want rabbitmq-server
    else advise "RabbitMQ's server, which the tests start, is missing: $(how_to_install rabbitmq-server rabbitmq)"; fi
}

check_chromium() {
    if probe_chromium >/dev/null; then return; fi
    # Ubuntu's package only points to a snap, which does not run in containers.
    if can_install_packages && ! grep -qi '^ID=ubuntu' /etc/os-release 2>/dev/null; then want chromium
    else advise "Chromium, which the dashboard's tests drive, is missing: $(how_to_install chromium), or install Google Chrome"; fi
}

stop_where_advice_is_left() {
    if [ -z "$advice" ]; then return; fi
    printf '%s' "$advice" | while IFS= read -r line; do say "$line"; done
    exit 1
}

start_sandbox_image() {
    # A process group of its own, so that an interrupted start takes docker build with it.
    set -m
    "$CODEX_ROOT/infra/sandbox/build-image" </dev/null &
    image_build=$!
    set +m
    trap 'kill -TERM -- "-$image_build" 2>/dev/null; exit 130' INT
    trap 'kill -TERM -- "-$image_build" 2>/dev/null; exit 143' TERM
    trap 'kill -TERM -- "-$image_build" 2>/dev/null' EXIT
}

finish_background_work() {
    local result=0
    if [ -z "${image_build:-}" ]; then return 0; fi
    wait "$image_build" || result=$?
    trap - INT TERM EXIT
    image_build=''
    if [ "$result" != 0 ]; then exit 1; fi
}

# $1: demo, run, ask, replay, up or test
ensure_prerequisites() {
    use_engine_address
    check_git
    check_engine
    # A replay has no service.
    if [ "$1" != replay ]; then check_postgres; fi
    if [ "$1" = test ]; then
        check_rabbitmq
        check_chromium
        check_build_tools always
    else
        check_build_tools if-stale
    fi
    stop_where_advice_is_left
    if [ -n "$wanted_packages" ]; then
        # Unquoted: one word per package.
        # shellcheck disable=SC2086
        install_packages $wanted_packages
    fi
    ensure_engine
    start_sandbox_image
}
