from datetime import date

import pytest

from app.models import User
from app.repository import DuplicateEmail, UserRepository


def test_sample_is_complete(repository):
    assert len(repository) == 25
    assert [user.id for user in repository] == list(range(1, 26))


def test_ids_continue_after_the_highest():
    repository = UserRepository([User(7, "Ada", "ada@example.org"), User(3, "Bob", "bob@example.org")])
    assert repository.add("Cy", "cy@example.org", "viewer", date(2024, 5, 1)).id == 8


def test_the_first_id_is_one():
    assert UserRepository().add("Ada", "ada@example.org", "viewer", date(2024, 5, 1)).id == 1


def test_find_by_email_ignores_case(repository):
    assert repository.find_by_email("USER004@example.org").id == 4
    assert repository.find_by_email("nobody@example.org") is None


def test_addresses_are_unique(repository):
    with pytest.raises(DuplicateEmail):
        repository.add("Again", "user001@example.org", "viewer", date(2024, 5, 1))
    assert len(repository) == 25


def test_deactivate(repository):
    assert repository.deactivate(3)
    assert not repository.get(3).active
    assert repository.get(4).active


def test_deactivate_twice_or_unknown(repository):
    assert repository.deactivate(3)
    assert not repository.deactivate(3)
    assert not repository.deactivate(99)


def test_counts_by_role(repository):
    assert repository.counts_by_role() == {"admin": 8, "editor": 9, "viewer": 8}


def test_newest(repository):
    assert [user.id for user in repository.newest(3)] == [25, 24, 23]


@pytest.mark.parametrize("last_login, dormant", [(None, True), (date(2024, 5, 1), False), (date(2024, 3, 3), False)])
def test_dormant_users(last_login, dormant):
    user = User(1, "Ada", "ada@example.org", last_login=last_login)
    assert user.is_dormant(date(2024, 6, 1)) is dormant


def test_inactive_users_are_not_dormant():
    assert not User(1, "Ada", "ada@example.org", active=False).is_dormant(date(2030, 1, 1))
