"""Requests, responses and the way from a path to its handler."""

import json
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Tuple
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Request:
    method: str
    path: str
    query: Dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    parameters: Dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_target(cls, method: str, target: str, body: bytes = b"") -> "Request":
        parts = urlsplit(target)
        path = parts.path.rstrip("/") or "/"
        return cls(method.upper(), path, dict(parse_qsl(parts.query, keep_blank_values=True)), body)

    def json(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass
class Response:
    status: int
    body: Any = None

    def encode(self) -> bytes:
        return b"" if self.body is None else json.dumps(self.body).encode("utf-8")


def error(status: int, message: str, **details: Any) -> Response:
    return Response(status, {"error": message, **details})


Handler = Callable[[Request], Response]


class Router:
    def __init__(self) -> None:
        self._routes: List[Tuple[str, List[str], Handler]] = []

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        self._routes.append((method, pattern.strip("/").split("/"), handler))

    def dispatch(self, request: Request) -> Response:
        allowed = []
        for method, pattern, handler in self._routes:
            parameters = match(pattern, request.path)
            if parameters is None:
                continue
            if method == request.method:
                request.parameters = parameters
                return handler(request)
            allowed.append(method)
        if allowed:
            return error(405, "method not allowed", allowed=sorted(allowed))
        return error(404, "not found")


def match(pattern: List[str], path: str) -> Optional[Dict[str, str]]:
    """The path's parameters when it fits the pattern, else None."""
    segments = path.strip("/").split("/")
    if len(segments) != len(pattern):
        return None
    parameters = {}
    for expected, actual in zip(pattern, segments):
        if expected.startswith("{") and expected.endswith("}"):
            parameters[expected[1:-1]] = actual
        elif expected != actual:
            return None
    return parameters
