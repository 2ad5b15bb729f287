# Writes the change of the workspace (the current folder) against its baseline to stdout. Usage: MODE, in the
# environment, is "diff" (all changed files), "names" (their paths, NUL-separated, in the same order) or "binary"
# (only the files whose paths come NUL-separated on stdin, as binary patches).
# MAX_FILE_BYTES is the size above which a changed file is refused.
# Everything of the tree may be hostile: its .git, configuration, attributes and hooks are not used.
set -eu
export LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1 GIT_OPTIONAL_LOCKS=0
base="$HOME/.codex/baseline.git"
scratch="$HOME/.codex/export"
tree_git() {
    git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.attributesFile=/dev/null -c core.excludesFile=/dev/null \
        -c core.fsync=none -c core.quotePath=true "$@"
}
if ! [ -f "$base/index" ]; then
    echo "the workspace's baseline is gone; the change cannot be told from the base" >&2
    exit 3
fi

export GIT_DIR="$base" GIT_WORK_TREE="$PWD" GIT_INDEX_FILE="$scratch/index"
if [ "$MODE" = diff ]; then
    rm -rf "$scratch"
    mkdir -p "$scratch/ignores"
    cp -p "$base/index" "$scratch/index"
    # Which new files count is decided by the base's ignore files, not by what the work made of them.
    tree_git ls-files -z -- ':(glob)**/.gitignore' | tree_git --work-tree="$scratch/ignores" checkout-index -z --stdin
    tree_git ls-files -z --others | { grep -zv '/$' || true; } | sort -z > "$scratch/others"
    (cd "$scratch/ignores" && GIT_WORK_TREE="$PWD" tree_git check-ignore -z --no-index --stdin < "$scratch/others" | sort -z > "$scratch/ignored")
    comm -z -23 "$scratch/others" "$scratch/ignored" > "$scratch/new"
    # Sizes first: git would copy and compare gigabytes before anybody could say no.
    { tree_git diff-files -z --name-only --diff-filter=d --ignore-submodules=all; cat "$scratch/new"; } | xargs -0 -r stat -c %s -- 2> /dev/null |
        awk -v limit="$MAX_FILE_BYTES" '{ sum += $1; if ($1 > largest) largest = $1 }
            END { if (largest > limit) { printf "a changed file has %.0f MiB; at most %.0f MiB are allowed\n", largest / 1048576, limit / 1048576 > "/dev/stderr"; exit 4 }
                  if (sum > 8 * limit) { printf "the changed files have %.0f MiB together; at most %.0f MiB are allowed\n", sum / 1048576, 8 * limit / 1048576 > "/dev/stderr"; exit 4 } }' || exit 4
    tree_git -c core.compression=0 add -u -- .
    tree_git -c core.compression=0 update-index -z --add --stdin < "$scratch/new"
fi

case "$MODE" in
    diff) set -- --binary ;;
    names) set -- --name-only -z ;;
    binary)
        mkdir -p "$scratch/info"
        # The list of paths becomes pathspecs; GIT_LITERAL_PATHSPECS takes them as they are.
        export GIT_LITERAL_PATHSPECS=1
        cp "$base/info/attributes" "$scratch/attributes"
        trap 'cp "$scratch/attributes" "$base/info/attributes"' EXIT
        printf '* -diff\n' >> "$base/info/attributes"
        xargs -0 -n 200 git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.attributesFile=/dev/null diff --cached --no-renames --no-ext-diff --no-textconv \
            --no-color --no-relative --full-index --src-prefix=a/ --dst-prefix=b/ --submodule=short --ignore-submodules=none --binary refs/heads/main --
        exit
        ;;
esac
tree_git diff --cached --no-renames --no-ext-diff --no-textconv --no-color --no-relative --full-index --src-prefix=a/ --dst-prefix=b/ \
    --submodule=short --ignore-submodules=none "$@" refs/heads/main --
