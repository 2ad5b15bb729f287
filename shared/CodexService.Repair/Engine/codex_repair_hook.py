"""Loaded by sitecustomize in processes that the repair engine starts. See codex_repair.warm."""

from codex_repair.warm.hook import install  # noqa: F401
