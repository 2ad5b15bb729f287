"""Serves the API: ``python3 -m app.server --port 8000``."""

import argparse
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.http import Request, Router
from app.models import ROLES, User
from app.repository import UserRepository
from app.users import UsersApi


def sample_users(count: int):
    for number in range(1, count + 1):
        yield User(
            number,
            f"User {number:03}",
            f"user{number:03}@example.org",
            ROLES[number % len(ROLES)],
            created_at=date(2024, 1, 1) + timedelta(days=number),
        )


def build_router(repository: UserRepository) -> Router:
    return UsersApi(repository).routes(Router())


def serve(port: int) -> None:
    router = build_router(UserRepository(sample_users(95)))

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            response = router.dispatch(Request.from_target(self.command, self.path, self.rfile.read(length)))
            payload = response.encode()
            self.send_response(response.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_DELETE = answer

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Serves the users API.")
    parser.add_argument("--port", type=int, default=8000)
    serve(parser.parse_args().port)
