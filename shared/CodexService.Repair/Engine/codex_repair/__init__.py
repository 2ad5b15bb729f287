"""Finds and proves one small change that makes failing tests of a Python repository pass, without any model.

Runs inside the sandbox, on Python 3.9 or newer with nothing but the standard library: ``python3 -m codex_repair
config.json`` writes JSON lines to standard output (see events.py). The tests run in the project's own interpreter.
"""
