"""Whole answers that cannot be read: kept where they begin, small, and without anything that lets their reader in."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bridge.channels._http import Answer
from bridge.channels._unread import KEPT, MOST, Unread
from bridge.ports import TemporaryProblem


def _answer(body: bytes, path: str = "/v26.0/1/feed", kind: str = "text/html; charset=utf-8") -> Answer:
    headers = CIMultiDictProxy(CIMultiDict({"Content-Type": kind}))
    return Answer(status=200, headers=headers, body=body, url=URL(f"https://graph.test{path}?access_token=s3cret"))


def _refusing(_body: bytes) -> None:
    raise TemporaryProblem("something else")


@pytest.fixture
def unread() -> Unread:
    return Unread(secrets=lambda: ["t0ken"])


def test_it_is_kept_once_until_its_place_is_well_again(unread: Unread) -> None:
    for body in (b"<html>1", b"<html>2"):
        with pytest.raises(TemporaryProblem):
            unread.parsed(_answer(body), _refusing)
    [kept] = unread.handed_over()
    assert kept.raw == b"<html>1"
    assert kept.reason == "the whole answer cannot be read: status 200, text/html, 7 bytes"
    assert unread.handed_over() == []
    assert unread.parsed(_answer(b"{}"), bytes.decode) == "{}"
    unread.keep(_answer(b"<html>3"))
    assert [item.raw for item in unread.handed_over()] == [b"<html>3"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"paging": {"next": "https://x.test/?access_token=s3cret&after=p"',
        b'{"access_token": "s3cret"',
        b'{\\"access_token\\":\\"s3cret',
        b"<a href='?input_token=s3cret'>",
        b"Bearer t0ken",
    ],
)
def test_no_secret_is_kept(unread: Unread, body: bytes) -> None:
    unread.keep(_answer(body))
    [kept] = unread.handed_over()
    assert b"s3cret" not in kept.raw
    assert b"t0ken" not in kept.raw
    assert b"***" in kept.raw
    assert "s3cret" not in kept.id


def test_it_is_small_and_few(unread: Unread) -> None:
    for number in range(2 * MOST):
        unread.keep(_answer(b"a" * 2 * KEPT, path=f"/{number}", kind="\x1b[31m"))
    kept = unread.handed_over()
    assert len(kept) == MOST
    assert all(len(item.raw) == KEPT and "of no known type" in item.reason for item in kept)
