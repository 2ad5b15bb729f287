# Makes the baseline of the workspace (the current folder): a repository outside of the tree that holds exactly the
# uploaded files, and a .git in the tree for git diff, git log and the brain. What happens to the tree's .git later does
# not matter to the export, which asks the baseline. The home folder is small, though: when the tree (TREE_BYTES) does not
# fit there as well, the objects stay in the tree's .git and the baseline borrows them.
set -eu
export LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1
export GIT_AUTHOR_NAME=base GIT_AUTHOR_EMAIL=base@localhost GIT_AUTHOR_DATE='@0 +0000'
export GIT_COMMITTER_NAME=base GIT_COMMITTER_EMAIL=base@localhost GIT_COMMITTER_DATE='@0 +0000'
base="$HOME/.codex/baseline.git"

rm -rf .git "$base"
mkdir -p "$base/objects" "$base/refs/heads" "$base/info"
printf '[core]\n\trepositoryformatversion = 0\n\tbare = true\n' > "$base/config"
# Files are stored byte for byte, whatever the tree's .gitattributes say.
printf '* -text -crlf -eol -ident -filter !working-tree-encoding\n' > "$base/info/attributes"
# What test runs leave behind is never part of a change.
printf '%s\n' __pycache__/ '*.py[co]' .pytest_cache/ .coverage '.coverage.*' .hypothesis/ .mypy_cache/ .ruff_cache/ node_modules/ \
    '**/bin/Debug/' '**/bin/Release/' '**/obj/Debug/' '**/obj/Release/' '**/obj/project.assets.json' '**/obj/project.nuget.cache' \
    '**/obj/*.nuget.dgspec.json' '**/obj/*.nuget.g.props' '**/obj/*.nuget.g.targets' '**/TestResults/' > "$base/info/exclude"
printf 'ref: refs/heads/main\n' > "$base/HEAD"

mkdir -p .git/objects/info .git/refs/heads .git/info
read -r free block <<< "$(stat -f -c '%a %S' "$HOME")"
if [ $((TREE_BYTES * 5 / 4 + 33554432)) -lt $((free * block)) ]; then
    store="$base/objects"
    printf '%s\n' "$store" > .git/objects/info/alternates
else
    store="$PWD/.git/objects"
    mkdir -p "$base/objects/info"
    printf '%s\n' "$store" > "$base/objects/info/alternates"
fi

export GIT_DIR="$base" GIT_WORK_TREE="$PWD" GIT_OBJECT_DIRECTORY="$store"
# A threshold of one byte streams everything uncompressed into one pack instead of one file per object.
git -c core.compression=0 -c core.bigFileThreshold=1 -c core.fsync=none add -A -f -- .
tree=$(git write-tree)
commit=$(printf 'The base commit\n' | git -c core.fsync=none commit-tree "$tree")
printf '%s\n' "$commit" > "$base/refs/heads/main"

printf '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n[user]\n\tname = codex\n\temail = codex@localhost\n' > .git/config
cp "$base/info/attributes" "$base/info/exclude" .git/info/
cp -p "$base/index" .git/index
printf '%s\n' "$commit" > .git/refs/heads/main
printf 'ref: refs/heads/main\n' > .git/HEAD
printf '%s %s\n' "$commit" "$tree"
