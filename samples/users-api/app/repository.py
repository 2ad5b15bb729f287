"""Users in memory, found by id and by e-mail address."""

from datetime import date
from typing import Dict, Iterable, Iterator, List, Optional

from app.models import User


class DuplicateEmail(Exception):
    def __init__(self, email: str):
        super().__init__(f"a user with the address {email} exists already")
        self.email = email


class UserRepository:
    def __init__(self, users: Iterable[User] = ()):
        self._users: Dict[int, User] = {}
        self._ids_by_email: Dict[str, int] = {}
        self._next_id = 1
        for user in users:
            self._store(user)

    def __len__(self) -> int:
        return len(self._users)

    def __iter__(self) -> Iterator[User]:
        return iter(self._users.values())

    def get(self, user_id: int) -> Optional[User]:
        return self._users.get(user_id)

    def find_by_email(self, email: str) -> Optional[User]:
        user_id = self._ids_by_email.get(email.lower())
        return None if user_id is None else self._users[user_id]

    def add(self, name: str, email: str, role: str, created_at: date) -> User:
        if self.find_by_email(email) is not None:
            raise DuplicateEmail(email)
        user = User(self._next_id, name, email, role, created_at=created_at)
        self._store(user)
        return user

    def deactivate(self, user_id: int) -> bool:
        user = self._users.get(user_id)
        if user is None or not user.active:
            return False
        self._users[user_id] = user.deactivated()
        return True

    def counts_by_role(self) -> Dict[str, int]:
        counts: Dict[str, int] = {}
        for user in self:
            counts[user.role] = counts.get(user.role, 0) + 1
        return counts

    def newest(self, count: int) -> List[User]:
        ordered = sorted(self, key=lambda user: (user.created_at, user.id), reverse=True)
        return ordered[:count]

    def _store(self, user: User) -> None:
        self._users[user.id] = user
        self._ids_by_email[user.email.lower()] = user.id
        self._next_id = max(self._next_id, user.id + 1)
