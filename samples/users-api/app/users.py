"""The handlers of /api/users."""

from datetime import date
from typing import Callable

from app.filters import apply_filters, parse_filters
from app.http import Request, Response, Router, error
from app.pagination import paginate, parse_page_request
from app.repository import DuplicateEmail, UserRepository
from app.serializers import page_to_dict, user_to_dict
from app.sorting import parse_sort, sort_users
from app.validation import ValidationError, validate_email, validate_name, validate_role


class UsersApi:
    def __init__(self, repository: UserRepository, today: Callable[[], date] = date.today):
        self._repository = repository
        self._today = today

    def routes(self, router: Router) -> Router:
        router.add("GET", "/api/users", self.guarded(self.list_users))
        router.add("POST", "/api/users", self.guarded(self.create_user))
        router.add("GET", "/api/users/{id}", self.guarded(self.get_user))
        router.add("DELETE", "/api/users/{id}", self.guarded(self.delete_user))
        return router

    def guarded(self, handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """Turns errors of the client into answers."""

        def handle(request: Request) -> Response:
            try:
                return handler(request)
            except ValidationError as problem:
                return error(422, problem.message, field=problem.field)
            except DuplicateEmail as problem:
                return error(409, str(problem), field="email")

        return handle

    def list_users(self, request: Request) -> Response:
        page_request = parse_page_request(request.query)
        keys = parse_sort(request.query.get("sort", ""))
        found = apply_filters(self._repository, parse_filters(request.query))
        page = paginate(sort_users(found, keys), page_request)
        return Response(200, page_to_dict(request.path, request.query, page))

    def get_user(self, request: Request) -> Response:
        user = self._find(request)
        if user is None:
            return error(404, "no such user")
        return Response(200, user_to_dict(user))

    def create_user(self, request: Request) -> Response:
        try:
            body = request.json()
        except ValueError:
            return error(400, "the body is not JSON")
        user = self._repository.add(
            validate_name(body.get("name")),
            validate_email(body.get("email")),
            validate_role(body.get("role")),
            self._today(),
        )
        return Response(201, user_to_dict(user))

    def delete_user(self, request: Request) -> Response:
        user = self._find(request)
        if user is None or not self._repository.deactivate(user.id):
            return error(404, "no such user")
        return Response(204)

    def _find(self, request: Request):
        text = request.parameters["id"]
        return self._repository.get(int(text)) if text.isdigit() else None
