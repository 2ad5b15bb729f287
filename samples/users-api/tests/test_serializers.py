from datetime import date

import pytest

from app.models import User
from app.pagination import PageRequest, paginate
from app.serializers import initials, mask_email, page_to_dict, user_to_dict


@pytest.mark.parametrize("name, letters", [("Ada Lovelace", "AL"), ("ada king lovelace", "AL"), ("plato", "P"), ("", "?")])
def test_initials(name, letters):
    assert initials(name) == letters


def test_mask_email():
    assert mask_email("ada@example.org") == "a**@example.org"


def test_user_to_dict():
    user = User(1, "Ada Lovelace", "ada@example.org", "admin", created_at=date(2024, 3, 1))
    assert user_to_dict(user) == {
        "id": 1,
        "name": "Ada Lovelace",
        "initials": "AL",
        "email": "ada@example.org",
        "role": "admin",
        "active": True,
        "created_at": "2024-03-01",
        "last_login": None,
    }


def test_addresses_can_be_hidden():
    user = User(1, "Ada Lovelace", "ada@example.org", last_login=date(2024, 5, 1))
    shown = user_to_dict(user, show_email=False)
    assert shown["email"] == "a**@example.org"
    assert shown["last_login"] == "2024-05-01"


def test_page_to_dict(repository):
    shown = page_to_dict("/api/users", {}, paginate(list(repository), PageRequest(1, 10)))
    assert [user["id"] for user in shown["data"]] == list(range(1, 11))
    assert shown["meta"] == {"page": 1, "per_page": 10, "total": 25, "total_pages": 3, "pages": [1, 2, 3]}
    assert shown["links"]["next"] == "/api/users?page=2"
