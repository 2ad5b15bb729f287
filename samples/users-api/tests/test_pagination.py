import pytest

from app.pagination import PageRequest, page_links, page_window, paginate, parse_page_request
from app.validation import ValidationError

LETTERS = list("abcdefghij")


def test_first_page_holds_the_first_items():
    assert paginate(LETTERS, PageRequest(1, 4)).items == ["a", "b", "c", "d"]


def test_second_page_continues_after_the_first():
    assert paginate(LETTERS, PageRequest(2, 4)).items == ["e", "f", "g", "h"]


def test_last_page_holds_the_rest():
    assert paginate(LETTERS, PageRequest(3, 4)).items == ["i", "j"]


def test_page_behind_the_end_is_empty():
    assert paginate(LETTERS, PageRequest(9, 4)).items == []


@pytest.mark.parametrize("per_page, pages", [(1, 10), (3, 4), (5, 2), (10, 1), (20, 1)])
def test_total_pages(per_page, pages):
    assert paginate(LETTERS, PageRequest(1, per_page)).total_pages == pages


def test_an_empty_list_has_one_page():
    page = paginate([], PageRequest())
    assert page.total_pages == 1
    assert not page.has_next
    assert not page.has_previous


def test_neighbours():
    assert paginate(LETTERS, PageRequest(1, 5)).has_next
    assert not paginate(LETTERS, PageRequest(2, 5)).has_next
    assert paginate(LETTERS, PageRequest(2, 5)).has_previous
    assert not paginate(LETTERS, PageRequest(1, 5)).has_previous


def test_page_request_defaults():
    assert parse_page_request({}) == PageRequest(1, 20)


def test_page_request_is_read_from_the_query():
    assert parse_page_request({"page": "3", "per_page": "7"}) == PageRequest(3, 7)


def test_page_size_is_cut_to_the_maximum():
    assert parse_page_request({"per_page": "5000"}).per_page == 100


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "-1"}, {"per_page": "0"}, {"page": "two"}])
def test_bad_page_requests_are_refused(query):
    with pytest.raises(ValidationError):
        parse_page_request(query)


def test_window_is_cut_at_both_ends():
    assert page_window(paginate(LETTERS, PageRequest(1, 1))) == [1, 2, 3]
    assert page_window(paginate(LETTERS, PageRequest(5, 1))) == [3, 4, 5, 6, 7]
    assert page_window(paginate(LETTERS, PageRequest(10, 1))) == [8, 9, 10]


def test_links_keep_the_other_parameters():
    page = paginate(LETTERS, PageRequest(2, 3))
    assert page_links("/x", {"q": "a b", "page": "2"}, page) == {
        "self": "/x?page=2&q=a+b",
        "next": "/x?page=3&q=a+b",
        "prev": "/x?page=1&q=a+b",
        "last": "/x?page=4&q=a+b",
    }


def test_links_of_a_single_page():
    assert set(page_links("/x", {}, paginate(LETTERS, PageRequest()))) == {"self", "last"}
