"""Fuzz target: whatever strangers and configurations say, a mail has the fields, addresses and parts that were meant, or is not made (E07)."""

from contextlib import suppress
from dataclasses import replace
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses

import atheris
from driving import drive

with atheris.instrument_imports(include=["bridge"]):
    from bridge.core import render
    from bridge.core.conversation import Record
    from bridge.core.model import Author, Media, Quote
    from bridge.core.proxies import Audience, Contact, Notice, Proxy
    from bridge.letters.compose import compose
    from bridge.letters.fields import Unsendable
    from bridge.testing import mailing, making

FIELDS = frozenset({
    "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "X-Priority", "Importance", "Priority", "X-Bridge-Channel", "X-Bridge-Route", "X-Bridge-Priority",
    "X-Bridge-Tags", "X-Bridge-Language", "X-Bridge-Instance", "X-Bridge-Hops", "MIME-Version", "Content-Type",
})  # fmt: skip
"""All that a mail of ours may bear with the plain profile."""
OURS = frozenset({mailing.OURS, "queue@acme.test", making.AGENT})
PIECES = 6


def once(octets: bytes) -> None:
    """Pieces between zero bytes are what strangers and admins wrote."""
    pieces = _text(octets).split("\0")
    name, handle, title, text, tag, response = (*pieces, *[""] * PIECES)[:PIECES]
    _check(_proxy(name, handle, title, text=text, tag=tag, response=response))
    _check(_notice(title, text, name))


def _text(octets: bytes) -> str:
    """What they wrote, with lone surrogates where the first letter is an s and there are any."""
    if octets[:1] == b"s":
        with suppress(UnicodeDecodeError):
            return octets.decode("utf-8", "surrogatepass")
    return octets.decode("utf-8", "replace")


def _check(message: Proxy | Notice) -> None:
    try:
        sealed = compose(message, mailing.STATIONERY)
    except Unsendable:
        return
    assert sealed.content.count(b"\r\n") == sealed.content.count(b"\n") == sealed.content.count(b"\r")
    assert sealed.content.isascii()
    mail = BytesParser(policy=compat32).parsebytes(sealed.content)
    assert set(mail.keys()) <= FIELDS
    assert len(mail.keys()) == len(set(mail.keys()))
    boxes = {box for field in ("From", "Reply-To", "To") for _, box in getaddresses(mail.get_all(field, []))}
    assert boxes <= OURS, "a mail goes to, or comes from, an address that nobody meant"
    assert len([part for part in mail.walk() if not part.is_multipart()]) == 2


def _proxy(name: str, handle: str, title: str, *, text: str, tag: str, response: str) -> Proxy:
    post = replace(
        making.post(text=text, title=title, lang=tag, url=text),
        author=Author(id=making.CUSTOMER.id, name=name, handle=handle),
        context=(Quote(author=name, text=title),),
        media=(Media(url=text, type=handle, alt=title),),
    )
    made = render.proxy(
        replace(mailing.RECORD, tag=tag, subject=""), post, replace(making.VERDICT, tags=(tag,), lang=tag),
        desk=making.DESK, channel=making.CHANNEL, contacts=(Contact(channel=tag, at=making.NOW, text=text, phase=name),),
        now=making.NOW, delimiter="k3yk3yk3", gap="",
    )  # fmt: skip
    return replace(made, responses=(response, "hello"), by_mail=True)


def _notice(subject: str, text: str, customer: str) -> Notice:
    return Notice(
        key="tell|x|1", desk="support", audience=Audience.AGENT, to=making.AGENT, reason="x", subject=subject, text=text,
        conversation=Record(key=making.post().conversation).id, made=making.NOW, customer=customer,
    )  # fmt: skip


SEEDS = (
    ("Jane Doe", "jane", "The shop is down", "Can you help?\nPlease!", "[acme #17]", "sorry"),
    ('Jane" <x@evil.test>, "', "x", "a\r\n\r\nbody", "\r\n.\r\nMAIL FROM:<x>", "[x\r\ny]", "x&body=y"),
    ("=?utf-8?q?=0D=0ABcc:_x@evil.test?=", "\u202e", "\u2028Bcc: x@evil.test", "<script>", "=?", "<b>"),
    ("日本", "ä" * 80, "محمد" * 30, "👩‍👩‍👧‍👦 " * 20, "", "é"),
    ("a" * 400, "b@c", ",;:()", "https://evil.test/" + "x" * 300, "\\", '"'),
    ("", "", "", "", "", ""),
)


if __name__ == "__main__":
    drive("compose", once, ["\0".join(pieces).encode() for pieces in SEEDS])
