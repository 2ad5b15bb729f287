"""What the directory knows about a person."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Optional

ROLES = ("admin", "editor", "viewer")


@dataclass(frozen=True)
class User:
    id: int
    name: str
    email: str
    role: str = "viewer"
    active: bool = True
    created_at: date = field(default_factory=lambda: date(2024, 1, 1))
    last_login: Optional[date] = None

    def deactivated(self) -> "User":
        return replace(self, active=False)

    def is_dormant(self, today: date, days: int = 90) -> bool:
        """Whether an active user has not signed in for more than the given number of days."""
        if not self.active:
            return False
        since = self.last_login or self.created_at
        return (today - since).days > days
