"""How users and pages look in JSON."""

from typing import Any, Dict

from app.models import User
from app.pagination import Page, page_links, page_window


def initials(name: str) -> str:
    """The first letters of the first and the last word of a name."""
    words = name.split()
    if not words:
        return "?"
    if len(words) == 1:
        return words[0][0].upper()
    return (words[0][0] + words[-1][0]).upper()


def mask_email(email: str) -> str:
    """``ada@example.org`` becomes ``a**@example.org``."""
    local, _, domain = email.partition("@")
    return local[:1] + "*" * (len(local) - 1) + "@" + domain


def user_to_dict(user: User, show_email: bool = True) -> Dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "initials": initials(user.name),
        "email": user.email if show_email else mask_email(user.email),
        "role": user.role,
        "active": user.active,
        "created_at": user.created_at.isoformat(),
        "last_login": user.last_login.isoformat() if user.last_login is not None else None,
    }


def page_to_dict(path: str, query: Dict[str, str], page: Page) -> Dict[str, Any]:
    return {
        "data": [user_to_dict(user) for user in page.items],
        "meta": {
            "page": page.request.page,
            "per_page": page.request.per_page,
            "total": page.total,
            "total_pages": page.total_pages,
            "pages": page_window(page),
        },
        "links": page_links(path, query, page),
    }
