"""In which order users are listed."""

from typing import Any, List, Sequence, Tuple

from app.models import User
from app.validation import ValidationError

SORTABLE = ("id", "name", "email", "role", "created_at", "last_login")
DEFAULT_SORT = "id"


def parse_sort(text: str) -> List[Tuple[str, bool]]:
    """``-created_at,name`` becomes ``[("created_at", True), ("name", False)]``; True means descending."""
    keys = []
    for part in (text or DEFAULT_SORT).split(","):
        part = part.strip()
        if not part:
            continue
        descending = part.startswith("-")
        field = part[1:] if descending else part
        if field not in SORTABLE:
            raise ValidationError("sort", f"cannot sort by {field}")
        keys.append((field, descending))
    return keys


def sort_value(user: User, field: str) -> Tuple[bool, Any]:
    """Missing values come last in ascending order; text is compared without case."""
    value = getattr(user, field)
    if isinstance(value, str):
        value = value.lower()
    return (value is None, value)


def sort_users(users: Sequence[User], keys: List[Tuple[str, bool]]) -> List[User]:
    ordered = list(users)
    for field, descending in reversed(keys):
        missing = [user for user in ordered if getattr(user, field) is None]
        present = [user for user in ordered if getattr(user, field) is not None]
        present.sort(key=lambda user: sort_value(user, field), reverse=descending)
        ordered = present + missing
    return ordered
