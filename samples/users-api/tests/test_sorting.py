from datetime import date

import pytest

from app.models import User
from app.sorting import parse_sort, sort_users
from app.validation import ValidationError

ADA = User(1, "ada", "z@example.org", "admin", last_login=date(2024, 5, 1))
BOB = User(2, "Bob", "y@example.org", "viewer")
CY = User(3, "cy", "x@example.org", "admin", last_login=date(2024, 4, 1))
EVERYONE = [ADA, CY, BOB]


def order(sort):
    return [user.id for user in sort_users(EVERYONE, parse_sort(sort))]


def test_ids_are_the_default_order():
    assert order("") == [1, 2, 3]


def test_descending():
    assert order("-id") == [3, 2, 1]


def test_names_are_compared_without_case():
    assert order("name") == [1, 2, 3]


def test_the_first_key_weighs_most():
    assert order("role,-id") == [3, 1, 2]


def test_missing_values_come_last_in_both_directions():
    assert order("last_login") == [3, 1, 2]
    assert order("-last_login") == [1, 3, 2]


def test_parse_sort():
    assert parse_sort("-created_at, name,") == [("created_at", True), ("name", False)]


def test_unknown_fields_are_refused():
    with pytest.raises(ValidationError):
        parse_sort("password")
