"""Answers are compressed for browsers that take it, and are otherwise the same."""

import gzip

GZIP = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_compressed_for_a_browser_that_takes_it(client):
    answer = client.get("/zh-cn/help", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "<html" in gzip.decompress(answer.data).decode()
    assert len(answer.data) < len(client.get("/zh-cn/help").data) / 2


def test_a_browser_that_does_not_take_it_gets_the_page_plain(client):
    answer = client.get("/zh-cn/help")
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_file_is_compressed_and_the_same_each_time(client):
    plain = client.get("/static/css/site.css").data
    first, second = (client.get("/static/css/site.css", headers=GZIP) for _ in range(2))
    assert gzip.decompress(first.data) == gzip.decompress(second.data) == plain
    assert first.headers["Content-Length"] == str(len(first.data))


def test_a_compressed_file_need_not_be_sent_again(client):
    etag = client.get("/static/css/site.css", headers=GZIP).headers["ETag"]
    again = client.get("/static/css/site.css", headers={**GZIP, "If-None-Match": etag})
    assert again.status_code == 304


def test_a_part_of_a_file_is_sent_plain(client):
    answer = client.get("/static/css/site.css", headers={**GZIP, "Range": "bytes=0-9"})
    assert "Content-Encoding" not in answer.headers
    assert len(answer.data) == 10
