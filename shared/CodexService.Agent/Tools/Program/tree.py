"""What the work tree is, as one id."""
import os
import shutil
import subprocess
import tempfile


def start(workspace):
    return {'tree': git(workspace, ['rev-parse', '--verify', '--quiet', 'HEAD^{tree}']), 'git': shutil.which('git') is not None}


def fingerprint(workspace):
    """The id of the tree that a commit of everything would have; None when git cannot say."""
    folder = tempfile.mkdtemp(prefix='codex-index-')
    try:
        index = os.path.join(folder, 'index')
        own = os.path.join(workspace.root, '.git', 'index')
        if os.path.isfile(own):
            # What git remembers of unchanged files saves reading them.
            shutil.copyfile(own, index)
        if git(workspace, ['add', '-A', '--', '.'], index) is None:
            return None
        return git(workspace, ['write-tree'], index)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def git(workspace, arguments, index=None):
    environment = dict(os.environ, GIT_OPTIONAL_LOCKS='0')
    if index:
        environment['GIT_INDEX_FILE'] = index
    try:
        done = subprocess.run(
            ['git', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'advice.addEmbeddedRepo=false'] + arguments,
            cwd=workspace.root, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode('ascii', 'replace').strip() if done.returncode == 0 else None
