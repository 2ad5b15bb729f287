import json


def ids(response):
    assert response.status == 200
    return [user["id"] for user in response.body["data"]]


def test_first_page(call):
    assert ids(call("GET", "/api/users?per_page=10")) == list(range(1, 11))


def test_second_page_does_not_repeat_users(call):
    first = ids(call("GET", "/api/users?page=1&per_page=10"))
    second = ids(call("GET", "/api/users?page=2&per_page=10"))
    assert not set(first) & set(second)
    assert second == list(range(11, 21))


def test_all_pages_together_list_every_user_once(call):
    seen = []
    for page in (1, 2, 3):
        seen += ids(call("GET", f"/api/users?page={page}&per_page=10"))
    assert seen == list(range(1, 26))


def test_filter_sort_and_page_work_together(call):
    assert ids(call("GET", "/api/users?role=admin&sort=-id&per_page=3&page=2")) == [15, 12, 9]


def test_meta_counts_filtered_users(call):
    assert call("GET", "/api/users?role=editor&per_page=4").body["meta"]["total"] == 9


def test_bad_parameters_are_named(call):
    response = call("GET", "/api/users?page=zero")
    assert response.status == 422
    assert response.body["field"] == "page"


def test_get_user(call):
    assert call("GET", "/api/users/7/").body["email"] == "user007@example.org"


def test_get_unknown_user(call):
    assert call("GET", "/api/users/99").status == 404
    assert call("GET", "/api/users/abc").status == 404


def test_create_user(call, repository):
    body = json.dumps({"name": " Ada  Lovelace", "email": "ADA@example.org"}).encode()
    response = call("POST", "/api/users", body)
    assert response.status == 201
    assert response.body["id"] == 26
    assert response.body["created_at"] == "2024-06-01"
    assert repository.get(26).role == "viewer"


def test_create_user_twice(call):
    body = json.dumps({"name": "Ada", "email": "user001@example.org", "role": "admin"}).encode()
    assert call("POST", "/api/users", body).status == 409


def test_create_user_from_bad_input(call):
    assert call("POST", "/api/users", b"{").status == 400
    assert call("POST", "/api/users", b"{}").status == 422
    assert call("POST", "/api/users").status == 422


def test_delete_user(call, repository):
    assert call("DELETE", "/api/users/5").status == 204
    assert not repository.get(5).active
    assert call("DELETE", "/api/users/5").status == 404


def test_routing(call):
    assert call("GET", "/api/orders").status == 404
    assert call("GET", "/api").status == 404
    response = call("PATCH", "/api/users")
    assert response.status == 405
    assert response.body["allowed"] == ["GET", "POST"]
