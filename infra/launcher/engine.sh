# The Docker engine: the user's where one answers, else one that the launcher starts as root and
# that ends with the last command using it. Sourced by ./codex.
#
# CODEX_DOCKER_ROOT (root, Linux) runs a private engine in that folder instead, with its own socket,
# images and no bridge, beside whatever engine the system has.

engine_folder() { printf '%s\n' "${CODEX_DOCKER_ROOT:-/run/codex-service}"; }

# The client may be pointed elsewhere by a context (Docker Desktop, colima, rootless); the service
# itself knows DOCKER_HOST and the default socket.
use_engine_address() {
    local endpoint
    if [ -n "${CODEX_DOCKER_ROOT:-}" ]; then
        export DOCKER_HOST=unix://$CODEX_DOCKER_ROOT/docker.sock
    elif [ -z "${DOCKER_HOST:-}" ] && [ -e "$HOME/.docker/config.json" ] && have docker; then
        endpoint=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null) || endpoint=
        case $endpoint in '' | unix:///var/run/docker.sock) ;; *) export DOCKER_HOST=$endpoint ;; esac
    fi
}

# Sets ENGINE_STATE to running, no-client, no-permission or silent, and ENGINE_DETAIL to the
# version or to what the client said.
look_at_engine() {
    ENGINE_DETAIL=''
    if ! have docker; then ENGINE_STATE=no-client; return; fi
    if ENGINE_DETAIL=$(docker version --format '{{.Server.Version}}' 2>&1 </dev/null); then ENGINE_STATE=running; return; fi
    case $ENGINE_DETAIL in
        *'permission denied'*) ENGINE_STATE=no-permission ;;
        *) ENGINE_STATE=silent ;;
    esac
}

engine_answers() { look_at_engine; [ "$ENGINE_STATE" = running ]; }

# An address that the user chose is the user's to keep running.
engine_address_is_given() { [ -z "${CODEX_DOCKER_ROOT:-}" ] && [ -n "${DOCKER_HOST:-}" ] && [ "$DOCKER_HOST" != unix:///var/run/docker.sock ]; }

can_start_engine() { is_linux && is_root && have dockerd && have flock && have setsid && ! engine_address_is_given; }

# One clear line about an engine that cannot be had.
engine_advice() {
    if engine_address_is_given; then
        printf 'no Docker engine answers at DOCKER_HOST=%s: start it, or unset DOCKER_HOST' "$DOCKER_HOST"
    elif [ "$ENGINE_STATE" = no-permission ]; then
        printf "Docker runs but you may not use it: run 'sudo usermod -aG docker %s' and log in again" "$(id -un)"
    elif [ "$(uname -s)" = Darwin ]; then
        if [ "$ENGINE_STATE" = no-client ]; then printf 'Docker is missing: install Docker Desktop (https://docs.docker.com/desktop/) or colima, and start it'
        else printf 'Docker is not running: start Docker Desktop, or run colima start'; fi
    elif have dockerd; then
        printf "Docker is not running: run 'sudo systemctl start docker', or set DOCKER_HOST to an engine"
    elif [ "$ENGINE_STATE" = no-client ]; then
        printf "Docker is missing: %s, or see https://docs.docker.com/engine/install/" "$(how_to_install docker.io docker)"
    else
        printf "no Docker engine runs here: %s, or set DOCKER_HOST to an engine" "$(how_to_install docker.io docker)"
    fi
}

# Not a zombie: where the first process of a container never reaps, ended programs keep their id.
process_lives() { grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status" 2>/dev/null; }

# The id of the engine that a launcher started here and that still runs.
own_engine_id() {
    local id
    id=$(cat "$(engine_folder)/dockerd.pid" 2>/dev/null) || return 1
    [ -n "$id" ] && process_lives "$id" && [ "$(cat "/proc/$id/comm" 2>/dev/null)" = dockerd ] && printf '%s\n' "$id"
}

# Holds the engine for as long as this process and the program it becomes live: descriptor 8 keeps
# a shared lock, and the keeper stops the engine once nobody holds one. Waits where it is just stopping.
hold_engine() {
    local folder
    folder=$(engine_folder)
    exec 8>>"$folder/users.lock"
    flock -s 8
    (
        cd /
        exec 7>&- 8>&- >/dev/null 2>&1 </dev/null
        setsid bash "$CODEX_ROOT/infra/launcher/engine-keeper" "$folder" &
    )
}

# Lets go of the engine, and where this was its last user waits until it is gone.
release_engine() {
    local waited=0 lock
    if [ "${ENGINE_HELD:-0}" = 0 ]; then return 0; fi
    ENGINE_HELD=0
    lock=$(engine_folder)/users.lock
    exec 8>&-
    while [ -e "$(engine_folder)/dockerd.pid" ] && [ "$waited" -lt 100 ]; do
        if ! flock -n -x "$lock" true && flock -n -s "$lock" true; then return 0; fi
        sleep 0.2
        waited=$((waited + 1))
    done
}

# Sandboxes need an engine with control groups; a bare container often lacks the mounts.
mount_control_groups() {
    if ! mountpoint -q /sys/fs/cgroup 2>/dev/null && have cgroupfs-mount; then cgroupfs-mount >/dev/null 2>&1 || true; fi
}

launch_dockerd() {
    local log=$1
    shift
    set -- --pidfile "$(engine_folder)/dockerd.pid" "$@"
    if [ -n "${CODEX_DOCKER_ROOT:-}" ]; then
        set -- "$@" --data-root "$CODEX_DOCKER_ROOT/lib" --exec-root "$CODEX_DOCKER_ROOT/run" --host "$DOCKER_HOST" \
            --bridge none --iptables=false --containerd-namespace codex-service --containerd-plugins-namespace codex-service-plugins
    fi
    rm -f "$(engine_folder)/dockerd.pid"
    # Not a child of this process, which becomes the CLI.
    ENGINE_CHILD=$(
        cd /
        exec 7>&- 8>&- </dev/null
        setsid dockerd "$@" >"$log" 2>&1 &
        echo $!
    )
}

# Waits until the engine answers (0) or has ended (1).
engine_comes_up() {
    local waited=0
    while [ "$waited" -lt 300 ]; do
        if engine_answers; then return 0; fi
        if ! process_lives "$ENGINE_CHILD"; then return 1; fi
        sleep 0.1
        waited=$((waited + 1))
    done
    kill "$ENGINE_CHILD" 2>/dev/null || true
    return 1
}

start_own_engine() {
    local log=$CODEX_DATA_FOLDER/logs/dockerd.log reason
    mkdir -p "$CODEX_DATA_FOLDER/logs"
    say "starting the Docker engine"
    mount_control_groups
    launch_dockerd "$log"
    if engine_comes_up; then return 0; fi
    if grep -qi iptables "$log"; then
        # A kernel without packet filtering: sandboxes run without a network anyway.
        launch_dockerd "$log" --iptables=false --ip6tables=false
        if engine_comes_up; then return 0; fi
    fi
    reason=$(grep -E 'failed to start daemon|level=(fatal|error)' "$log" | tail -n 1 | sed -E 's/.*msg="?//; s/"$//; s/^failed to start daemon: //')
    fail "the Docker engine does not start: ${reason:-it gave no reason} (log: $log)"
}

start_system_engine() {
    local waited=0
    say "starting the system's Docker service"
    systemctl start docker >/dev/null 2>&1 </dev/null || true
    while [ "$waited" -lt 150 ]; do
        if engine_answers; then return 0; fi
        sleep 0.2
        waited=$((waited + 1))
    done
    fail "the system's Docker service does not start: see 'journalctl -u docker'"
}

# Makes sure that an engine answers, starting one where that is possible.
ensure_engine() {
    local folder
    if ! is_linux || ! is_root || ! have flock || engine_address_is_given; then
        engine_answers || fail "$(engine_advice)"
        return
    fi
    if engine_answers && ! own_engine_id >/dev/null; then return 0; fi
    folder=$(engine_folder)
    mkdir -p "$folder" && chmod 755 "$folder"
    # One launcher at a time looks and starts.
    exec 7>>"$folder/start.lock"
    flock 7
    if own_engine_id >/dev/null; then
        hold_engine
        ENGINE_HELD=1
    fi
    if ! engine_answers; then
        can_start_engine || fail "$(engine_advice)"
        if [ -z "${CODEX_DOCKER_ROOT:-}" ] && [ -d /run/systemd/system ] && have systemctl; then
            start_system_engine
        else
            if [ "${ENGINE_HELD:-0}" = 0 ]; then hold_engine; ENGINE_HELD=1; fi
            start_own_engine
        fi
    fi
    exec 7>&-
}
