from datetime import date

import pytest

from app.validation import (
    ValidationError,
    parse_bool,
    parse_date,
    parse_int,
    validate_email,
    validate_name,
    validate_role,
)


def test_parse_int():
    assert parse_int({"n": "42"}, "n", 7) == 42
    assert parse_int({"n": " "}, "n", 7) == 7
    assert parse_int({}, "n", 7) == 7


@pytest.mark.parametrize("text, value", [("TRUE", True), ("1", True), ("no", False), (" OFF ", False)])
def test_parse_bool(text, value):
    assert parse_bool({"b": text}, "b") is value


def test_parse_bool_of_nothing():
    assert parse_bool({}, "b") is None


def test_parse_date():
    assert parse_date({"d": "2024-02-29"}, "d") == date(2024, 2, 29)
    assert parse_date({"d": ""}, "d") is None
    with pytest.raises(ValidationError) as problem:
        parse_date({"d": "2023-02-29"}, "d")
    assert problem.value.field == "d"


def test_names_are_cleaned():
    assert validate_name("  Ada   Lovelace ") == "Ada Lovelace"


def test_name_length():
    assert validate_name("x" * 80) == "x" * 80
    with pytest.raises(ValidationError):
        validate_name("x" * 81)


@pytest.mark.parametrize("name", [None, "", "   ", 7])
def test_names_are_required(name):
    with pytest.raises(ValidationError):
        validate_name(name)


def test_addresses_are_lowered():
    assert validate_email(" Ada@Example.ORG ") == "ada@example.org"


@pytest.mark.parametrize("email", [None, "", "ada", "ada@", "ada@example", "a b@example.org"])
def test_bad_addresses_are_refused(email):
    with pytest.raises(ValidationError):
        validate_email(email)


def test_roles():
    assert validate_role(None) == "viewer"
    assert validate_role("admin") == "admin"
    with pytest.raises(ValidationError):
        validate_role("king")
