"""``python3 -m codex_repair config.json``: see engine.py."""

import json
import sys

from codex_repair.engine import run
from codex_repair.events import CannotWork, Events


def main():
    events = Events()
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            config = json.load(file)
        run(config, events)
    except CannotWork as problem:
        events.error(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
