"""Pages of a longer list: numbers, offsets and links."""

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence
from urllib.parse import urlencode

from app.validation import ValidationError, parse_int

DEFAULT_PER_PAGE = 20
MAX_PER_PAGE = 100


@dataclass(frozen=True)
class PageRequest:
    page: int = 1
    per_page: int = DEFAULT_PER_PAGE

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


@dataclass(frozen=True)
class Page:
    items: List[Any]
    total: int
    request: PageRequest

    @property
    def total_pages(self) -> int:
        return max(1, (self.total + self.request.per_page - 1) // self.request.per_page)

    @property
    def has_next(self) -> bool:
        return self.request.page < self.total_pages

    @property
    def has_previous(self) -> bool:
        return self.request.page > 1


def parse_page_request(query: Dict[str, str]) -> PageRequest:
    """Reads ``page`` and ``per_page``; too large a page size is cut to the maximum."""
    page = parse_int(query, "page", 1)
    per_page = parse_int(query, "per_page", DEFAULT_PER_PAGE)
    if page < 1:
        raise ValidationError("page", "must be 1 or more")
    if per_page < 1:
        raise ValidationError("per_page", "must be 1 or more")
    return PageRequest(page, min(per_page, MAX_PER_PAGE))


def paginate(items: Sequence[Any], request: PageRequest) -> Page:
    start = request.offset
    end = start + request.per_page
    return Page(list(items[start:end]), len(items), request)


def page_window(page: Page, width: int = 2) -> List[int]:
    """The page numbers to show around the current one."""
    first = max(1, page.request.page - width)
    last = min(page.total_pages, page.request.page + width)
    return list(range(first, last + 1))


def page_links(path: str, query: Dict[str, str], page: Page) -> Dict[str, str]:
    """Links to the page itself and its neighbours, with the other parameters kept."""

    def link(number: int) -> str:
        parameters = dict(query)
        parameters["page"] = str(number)
        return f"{path}?{urlencode(sorted(parameters.items()))}"

    links = {"self": link(page.request.page)}
    if page.has_next:
        links["next"] = link(page.request.page + 1)
    if page.has_previous:
        links["prev"] = link(page.request.page - 1)
    links["last"] = link(page.total_pages)
    return links
