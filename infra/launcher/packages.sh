# Installing Debian packages, without letting them start services. Sourced by ./codex.

can_install_packages() { is_root && have apt-get && [ -e /etc/debian_version ]; }

# Why packages are not simply installed, for a person to act on.
how_to_install() {
    if have apt-get; then printf "run 'sudo apt-get install %s'" "$1"
    elif have brew; then printf "run 'brew install %s'" "${2:-$1}"
    else printf "install %s with your system's package manager" "${2:-$1}"; fi
}

package_exists() { apt-cache show "$1" >/dev/null 2>&1; }

# Files that exist only while packages are installed: a service that a package would start belongs
# to nobody afterwards, and a database cluster that it would create is not ours to create.
hold_services_back() {
    policy_file='' cluster_file=''
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        policy_file=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\n# CodexService, only while it installs packages.\nexit 101\n' > "$policy_file"
        chmod 755 "$policy_file"
    fi
    if [ ! -e /etc/postgresql-common/createcluster.d/codex-service.conf ]; then
        cluster_file=/etc/postgresql-common/createcluster.d/codex-service.conf
        mkdir -p /etc/postgresql-common/createcluster.d
        printf 'create_main_cluster = false\n' > "$cluster_file"
    fi
}

let_services_go() {
    if [ -n "${policy_file:-}" ]; then rm -f "$policy_file"; fi
    if [ -n "${cluster_file:-}" ]; then
        rm -f "$cluster_file"
        rmdir /etc/postgresql-common/createcluster.d /etc/postgresql-common 2>/dev/null || true
    fi
}

# Installs the packages named; nothing is removed and no configuration file is replaced for it.
install_packages() {
    local log=$CODEX_DATA_FOLDER/logs/packages.log result=0
    mkdir -p "$(dirname "$log")"
    say "installing $* (Debian packages)"
    trap let_services_go EXIT
    trap 'let_services_go; exit 130' INT
    trap 'let_services_go; exit 143' TERM
    hold_services_back
    {
        apt-get update -qq -o DPkg::Lock::Timeout=120 || true
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends --no-remove \
            -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold "$@" || result=$?
    } >"$log" 2>&1 </dev/null
    let_services_go
    trap - EXIT INT TERM
    if [ "$result" != 0 ]; then
        grep -E '^(E:|dpkg: error)' "$log" | tail -n 3 >&2 || true
        fail "the packages could not be installed: run 'apt-get install $*' and see why (log: $log)"
    fi
    hash -r
}
