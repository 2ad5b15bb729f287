from datetime import date

import pytest

from app.filters import apply_filters, created_after, matches_text, parse_filters
from app.models import User
from app.validation import ValidationError

ADA = User(1, "Ada Lovelace", "ada@example.org", "admin", created_at=date(2024, 3, 1))
ALAN = User(2, "Alan Turing", "alan@example.com", "editor", created_at=date(2024, 3, 2))
GRACE = User(3, "Grace Hopper", "grace@example.org", "admin", active=False, created_at=date(2024, 3, 3))
EVERYONE = [ADA, ALAN, GRACE]


def select(**query):
    return apply_filters(EVERYONE, parse_filters(query))


def test_no_filters_keep_everyone():
    assert select() == EVERYONE


def test_by_role():
    assert select(role="admin") == [ADA, GRACE]


def test_by_activity():
    assert select(active="yes") == [ADA, ALAN]
    assert select(active="off") == [GRACE]


def test_filters_combine():
    assert select(role="admin", active="true") == [ADA]


def test_created_after_includes_the_day_itself():
    assert apply_filters(EVERYONE, [created_after(date(2024, 3, 2))]) == [ALAN, GRACE]
    assert select(created_after="2024-03-04") == []


def test_text_matches_name_and_address_without_case():
    assert select(q="LOVE") == [ADA]
    assert select(q="example.org") == [ADA, GRACE]


def test_every_word_of_the_text_has_to_match():
    assert apply_filters(EVERYONE, [matches_text("ada turing")]) == []
    assert apply_filters(EVERYONE, [matches_text("ing alan")]) == [ALAN]


@pytest.mark.parametrize("query", [{"role": "king"}, {"active": "maybe"}, {"created_after": "yesterday"}])
def test_bad_filters_are_refused(query):
    with pytest.raises(ValidationError):
        select(**query)
