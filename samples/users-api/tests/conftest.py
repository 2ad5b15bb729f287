from datetime import date

import pytest

from app.http import Request, Router
from app.repository import UserRepository
from app.server import sample_users
from app.users import UsersApi


@pytest.fixture
def repository():
    return UserRepository(sample_users(25))


@pytest.fixture
def call(repository):
    """Sends one request to the API and returns the response."""
    router = UsersApi(repository, today=lambda: date(2024, 6, 1)).routes(Router())

    def send(method, target, body=b""):
        return router.dispatch(Request.from_target(method, target, body))

    return send
