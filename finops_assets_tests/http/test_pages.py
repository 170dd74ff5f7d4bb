"""The pages come with the API, packed, and are not sent twice."""

import gzip

import pytest

from finops_assets.api.routes.pages import STATIC


@pytest.mark.parametrize("address", ["", "applications/billing", "months/2024-01"])
def test_an_address_that_is_no_file_is_the_page_that_routes_it(api, address):
    sent = api.get(f"/ui/{address}")
    assert sent.headers["content-type"].startswith("text/html")
    assert sent.content == (STATIC / "index.html").read_bytes()


def test_a_file_is_sent_as_it_is_in_the_package(api):
    sent = api.get("/ui/assets/app.js", headers={"Accept-Encoding": "identity"})
    assert sent.headers["content-type"].startswith("text/javascript")
    assert sent.content == (STATIC / "assets" / "app.js").read_bytes()


def test_a_file_is_packed_for_those_who_can_unpack_it(api):
    with api.stream("GET", "/ui/assets/app.js", headers={"Accept-Encoding": "gzip"}) as sent:
        packed = b"".join(sent.iter_raw())
    assert gzip.decompress(packed) == (STATIC / "assets" / "app.js").read_bytes()
    assert len(packed) < 300_000


def test_a_file_that_the_browser_has_is_not_sent_again(api):
    tag = api.get("/ui/assets/app.js").headers["ETag"]
    again = api.get("/ui/assets/app.js", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_nothing_beside_the_pages_is_served(api):
    for address in ("/ui/..%2fapi%2fapp.py", "/ui/%2e%2e/api/app.py", "/ui//etc/passwd"):
        assert "def create_app" not in api.get(address).text
        assert "root:" not in api.get(address).text


def test_who_comes_without_an_address_is_sent_to_the_pages(api):
    assert str(api.get("/", follow_redirects=True).url).endswith("/ui/")


def test_a_link_to_the_dashboard_keeps_its_filters_when_it_is_opened_again(api):
    shared = api.get("/ui", params={"month": "2024-02", "app": ["a b", "c"]}, follow_redirects=True)
    assert (shared.url.path, dict(shared.url.params)["month"]) == ("/ui/", "2024-02")
    assert shared.url.params.get_list("app") == ["a b", "c"]
