"""Which users a query asks for."""

from datetime import date
from typing import Callable, Dict, Iterable, List, Optional

from app.models import User
from app.validation import parse_bool, parse_date, validate_role

Filter = Callable[[User], bool]


def by_role(role: str) -> Filter:
    return lambda user: user.role == role


def by_activity(active: bool) -> Filter:
    return lambda user: user.active == active


def created_after(day: date) -> Filter:
    """Users created on the given day or later."""
    return lambda user: user.created_at >= day


def matches_text(text: str) -> Filter:
    """Users whose name or e-mail address contains every word of the text, whatever the case."""
    words = text.lower().split()

    def matches(user: User) -> bool:
        haystack = f"{user.name} {user.email}".lower()
        return all(word in haystack for word in words)

    return matches


def parse_filters(query: Dict[str, str]) -> List[Filter]:
    filters: List[Filter] = []
    if query.get("role"):
        filters.append(by_role(validate_role(query["role"])))
    active: Optional[bool] = parse_bool(query, "active")
    if active is not None:
        filters.append(by_activity(active))
    day = parse_date(query, "created_after")
    if day is not None:
        filters.append(created_after(day))
    text = query.get("q", "").strip()
    if text:
        filters.append(matches_text(text))
    return filters


def apply_filters(users: Iterable[User], filters: List[Filter]) -> List[User]:
    return [user for user in users if all(keep(user) for keep in filters)]
