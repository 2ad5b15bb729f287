# ./codex test: every test of the repository and one line with the sum. Sourced by ./codex.

test_usage() {
    cat >&2 <<'USAGE'
usage: ./codex test [<test project's name or part of it>...] [--filter <expression>] [--no-build]

Builds everything and runs all tests, then prints "N passed, N failed, N skipped".
With names, only the test projects whose name contains one of them run, and the dashboard's
tests only where a name is "dashboard". --filter takes an expression of dotnet test.

CODEX_TEST_PROJECTS_AT_ONCE  test projects that run at the same time (default: the processors, at most 4)
USAGE
}

processors() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }

# The test projects by name, from the folders: one that the solution forgot is noticed as not built.
# The longest come first, so that no processor waits at the end while one of them has only begun.
test_projects() {
    local project longest='Integration Repair Agent PullRequests Verification'
    for project in $longest; do
        if [ -e "$CODEX_ROOT/tests/CodexService.$project.Tests/CodexService.$project.Tests.csproj" ]; then echo "CodexService.$project.Tests"; fi
    done
    for project in "$CODEX_ROOT"/tests/*.Tests/*.Tests.csproj; do
        if [ ! -e "$project" ]; then continue; fi
        project=$(basename "$project" .csproj)
        case " $longest " in *" $(printf '%s' "$project" | sed -E 's/^CodexService\.(.*)\.Tests$/\1/') "*) ;; *) echo "$project" ;; esac
    done
}

# Most tests wait for something (a container, a lease, a browser) more than they compute.
test_projects_at_once() {
    local count
    count=$(processors)
    if [ "$count" -gt 4 ]; then count=4; fi
    echo "${CODEX_TEST_PROJECTS_AT_ONCE:-$count}"
}

is_chosen() {
    local name
    if [ "${#chosen[@]}" = 0 ]; then return 0; fi
    for name in "${chosen[@]}"; do
        case $(printf '%s' "$1" | tr '[:upper:]' '[:lower:]') in *"$(printf '%s' "$name" | tr '[:upper:]' '[:lower:]')"*) return 0 ;; esac
    done
    return 1
}

# Adds to passed, failed and skipped what the results file $1 of dotnet test counts. A skipped test is
# in no counter of its own there: it is what was found and not executed.
count_trx() {
    local line total executed ok
    line=$(grep -oE '<Counters [^>]*>' "$1" | head -n 1)
    total=$(printf '%s' "$line" | sed -nE 's/.* total="([0-9]+)".*/\1/p')
    executed=$(printf '%s' "$line" | sed -nE 's/.* executed="([0-9]+)".*/\1/p')
    ok=$(printf '%s' "$line" | sed -nE 's/.* passed="([0-9]+)".*/\1/p')
    if [ -z "$total" ] || [ -z "$executed" ] || [ -z "$ok" ]; then return 1; fi
    passed=$((passed + ok))
    failed=$((failed + executed - ok))
    skipped=$((skipped + total - executed))
}

run_dotnet_tests() {
    local name assembly assemblies=() results=$CODEX_ARTIFACTS/test-results trx
    while IFS= read -r name; do
        if ! is_chosen "$name"; then continue; fi
        assembly=$CODEX_ARTIFACTS/bin/$name/release/$name.dll
        if [ ! -e "$assembly" ]; then say "the tests of $name were not built (is the project in CodexService.sln?): $assembly is missing"; failures=1; continue; fi
        assemblies[${#assemblies[@]}]=$assembly
    done <<NAMES
$(test_projects)
NAMES
    if [ "${#assemblies[@]}" = 0 ]; then return 0; fi
    rm -rf "$results"
    mkdir -p "$results"
    say "running the tests of ${#assemblies[@]} projects, $(test_projects_at_once) at a time"
    printf '%s\0' "${assemblies[@]}" |
        xargs -0 -n 1 -P "$(test_projects_at_once)" "$CODEX_ROOT/infra/launcher/test-project" "$results" "$filter" 7>&- 8>&- || failures=1
    for trx in "$results"/*.trx; do
        if [ ! -e "$trx" ]; then continue; fi
        count_trx "$trx" || { say "the results in $trx cannot be read"; failures=1; }
    done
}

# The dashboard's own tests, where it has some: vitest by its JSON report, other runners by their summary.
run_dashboard_tests() {
    local folder=$CODEX_ROOT/services/dashboard report=$CODEX_ARTIFACTS/test-results/dashboard.json log script counts result=0
    log=$CODEX_ARTIFACTS/test-results/dashboard.log
    if [ ! -e "$folder/package.json" ] || [ -n "$filter" ] || ! is_chosen dashboard; then return 0; fi
    script=$(node -p 'require(process.argv[1]).scripts?.test ?? ""' "$folder/package.json")
    if [ -z "$script" ]; then return 0; fi
    mkdir -p "$CODEX_ARTIFACTS/test-results"
    say "running the dashboard's tests"
    if [ ! -d "$folder/node_modules" ]; then (cd "$folder" && npm ci --no-audit --no-fund >"$log" 2>&1 </dev/null) || true; fi
    case $script in
        *vitest*) set -- --reporter=default --reporter=json "--outputFile.json=$report" ;;
        *) set -- ;;
    esac
    rm -f "$report"
    (cd "$folder" && CI=true npm test --silent -- "$@" 7>&- 8>&- </dev/null) 2>&1 | tee "$log" || result=$?
    counts=$(node "$CODEX_ROOT/infra/launcher/dashboard-test-counts.mjs" "$report" "$log") || counts=''
    if [ "$result" != 0 ]; then failures=1; fi
    if [ -z "$counts" ]; then
        say "the dashboard's tests ended with $result, and how many they are cannot be told from their output"
        failures=1
        return 0
    fi
    # shellcheck disable=SC2086
    set -- $counts
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
}

run_tests() {
    local build=1 stamp
    filter=''
    chosen=()
    while [ $# -gt 0 ]; do
        case $1 in
            --help | -h | '-?') test_usage; exit 0 ;;
            --no-build) build=0 ;;
            --filter) if [ $# -lt 2 ]; then fail "--filter needs an expression, for example --filter 'FullyQualifiedName~Leases'"; fi; filter=$2; shift ;;
            -*) fail "unknown option '$1': there are --filter and --no-build (./codex test --help)" ;;
            *) chosen[${#chosen[@]}]=$1 ;;
        esac
        shift
    done
    passed=0 failed=0 skipped=0 failures=0
    case ${CODEX_TEST_PROJECTS_AT_ONCE:-1} in
        *[!0-9]* | 0) fail "CODEX_TEST_PROJECTS_AT_ONCE is '$CODEX_TEST_PROJECTS_AT_ONCE': give a number from 1, for example 2" ;;
    esac

    ensure_prerequisites test
    if [ "$build" = 1 ]; then
        mkdir -p "$CODEX_ARTIFACTS"
        stamp=$(mktemp "$CODEX_ARTIFACTS/.launcher-build.XXXXXX")
        say "building everything"
        build_with_dotnet "$CODEX_SOLUTION"
        write_build_stamp "$stamp"
    fi
    finish_background_work
    trap release_engine EXIT

    run_dotnet_tests
    run_dashboard_tests

    release_engine
    if [ $((passed + failed)) = 0 ]; then say "no test ran"; failures=1; fi
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    if [ "$failures" != 0 ] && [ "$failed" = 0 ]; then
        say "the run failed outside of a test (a fixture's start or clean-up, or the runner itself): look above for 'Failure' and 'error'"
    fi
    if [ "$failures" != 0 ] || [ "$failed" != 0 ]; then exit 1; fi
    exit 0
}
