"""All operators. Importing the package registers them; see registry.py."""

from codex_repair.operators import (  # noqa: F401
    arithmetic,
    calls,
    comparison,
    conditions,
    constants,
    guards,
    ingredients,
    names,
    returns,
    slices,
    statements,
)
from codex_repair.operators.registry import OPERATORS, Place  # noqa: F401
