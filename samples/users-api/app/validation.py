"""Checks on what clients send."""

import re
from datetime import date
from typing import Dict, Optional

from app.models import ROLES

EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
MAX_NAME_LENGTH = 80
TRUE_WORDS = ("1", "true", "yes", "on")
FALSE_WORDS = ("0", "false", "no", "off")


class ValidationError(ValueError):
    def __init__(self, field: str, message: str):
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


def parse_int(query: Dict[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None or text.strip() == "":
        return default
    try:
        return int(text)
    except ValueError:
        raise ValidationError(name, "must be a whole number") from None


def parse_bool(query: Dict[str, str], name: str) -> Optional[bool]:
    text = query.get(name)
    if text is None:
        return None
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValidationError(name, "must be true or false")


def parse_date(query: Dict[str, str], name: str) -> Optional[date]:
    text = query.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationError(name, "must look like 2024-05-31") from None


def validate_name(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise ValidationError("name", "is required")
    cleaned = " ".join(name.split())
    if len(cleaned) > MAX_NAME_LENGTH:
        raise ValidationError("name", f"must have at most {MAX_NAME_LENGTH} characters")
    return cleaned


def validate_email(email: object) -> str:
    if not isinstance(email, str) or not EMAIL.match(email.strip()):
        raise ValidationError("email", "is not an e-mail address")
    return email.strip().lower()


def validate_role(role: object) -> str:
    if role is None:
        return "viewer"
    if role not in ROLES:
        raise ValidationError("role", "must be one of " + ", ".join(ROLES))
    return str(role)
