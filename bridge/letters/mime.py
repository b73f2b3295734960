"""Raw mail to headers and parts: never trusts structure, spends no memory before the limits are checked."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.feedparser import FeedParser
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from types import MappingProxyType
from typing import Any

from bridge.letters import charsets, winmail
from bridge.letters.cms import signed_content
from bridge.letters.leaf import Part
from bridge.letters.quick_parse import quick_parse

MAX_SIZE = 10 * 1024 * 1024
"""Octets (gate G0)."""
MAX_PARTS = 200
MAX_DEPTH = 20
MAX_LINES = 400_000
"""Ten MiB of base64 are 140,000 lines; a mail of more lines than this is made to cost time."""
_MAX_STRUCTURE = 4096
"""Characters of a Content-* field that are read: the standard library's parameter parser takes quadratic time."""
_MAX_ENCODED_WORDS = 1000
"""Of one field; past it the field stays as it is: decoding them takes quadratic time."""

_STUMBLES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, MessageError)
"""What the standard library raises on hostile fields."""
_OPAQUE = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_MAX_SIGNATURES = 3
"""Opaque signatures that are opened, one inside the other."""
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+[ \t]*")
_EMPTY: Mapping[str, str] = MappingProxyType({})


class Unparsable(Exception):
    """The mail breaks a limit or cannot be read; the text says which, and holds nothing of the mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that was read within the limits."""

    message: Message
    parts: tuple[Part, ...]
    """Leaves in order; an attached message is one part (message/rfc822), its own leaves are not listed.

    What Outlook packed into a `winmail.dat` stands in its place.
    """
    fields: Mapping[str, tuple[str, ...]]
    """Raw values of the top headers by lower-case name, in order."""
    message_class: str
    """What kind of item Outlook says that it is, in lower case; empty where no `winmail.dat` says so."""
    sealed: bool
    """Whether a `winmail.dat` could not be opened."""

    def header(self, name: str) -> str:
        """The first field of that name, decoded (RFC 2047) on one line; empty where absent."""
        found = self.fields.get(name.lower())
        return decoded_header(found[0]) if found else ""

    def headers(self, name: str) -> tuple[str, ...]:
        """All fields of that name, topmost first, decoded like `header`."""
        return tuple(decoded_header(value) for value in self.fields.get(name.lower(), ()))


class _CappedPolicy(Compat32):
    """compat32 (seven times faster than the modern policy) that cuts overlong structural fields."""

    def header_source_parse(self, sourcelines: Sequence[str]) -> tuple[str, str]:
        """Name and value as compat32 gives them, Content-* cut to a bounded length."""
        name, value = super().header_source_parse(list(sourcelines))
        return (name, value[:_MAX_STRUCTURE]) if name[:8].lower() == "content-" else (name, value)


class _CountedMessage(Message):
    """A message that knows how deep it stands, so that the parser stops at the limit and not after it."""

    depth = 0

    def attach(self, payload: Any) -> None:
        """Append a part one level deeper; `Unparsable` past the limit."""
        payload.depth = self.depth + 1
        if payload.depth > MAX_DEPTH:
            raise Unparsable(f"parts nest deeper than {MAX_DEPTH} levels")
        super().attach(payload)


_POLICY = _CappedPolicy()


def read(raw: bytes) -> Mail:
    """The mail of these octets; `Unparsable` past 10 MiB, 200 parts, 20 levels or 400,000 lines."""
    if len(raw) > MAX_SIZE:
        raise Unparsable(f"larger than {MAX_SIZE // (1024 * 1024)} MiB")
    if raw.count(b"\n") + raw.count(b"\r") > 2 * MAX_LINES:
        raise Unparsable(f"more than {MAX_LINES} lines")
    try:
        message = _parse(raw)
        parts = tuple(_part(leaf, alternative) for leaf, alternative in _leaves(message))
    except (*_STUMBLES, RecursionError) as problem:
        raise Unparsable(f"the MIME structure cannot be read ({type(problem).__name__})") from None
    found = winmail.opened(parts)
    return Mail(
        message=message,
        parts=found.parts,
        fields=_fields(message),
        message_class=found.message_class,
        sealed=found.sealed,
    )


def decoded_header(raw: str) -> str:
    """A raw field value as one line of text: unfolded, RFC 2047 decoded, 8-bit read, control characters as spaces."""
    text = raw if raw.isascii() else _from_8bit(raw)
    if 0 < text.count("=?") <= _MAX_ENCODED_WORDS:
        text = _from_encoded_words(text)
    return _BREAKS.sub(" ", text).strip()


def _parse(raw: bytes) -> Message:
    text = raw.lstrip(b"\xef\xbb\xbf\r\n").decode("ascii", "surrogateescape")
    make = _counting_factory()
    quick = quick_parse(text, lambda: make(policy=_POLICY))
    if quick is not None:
        return quick
    parser = FeedParser(_counting_factory(), policy=_POLICY)
    parser.feed(text)
    return parser.close()


def _counting_factory() -> Callable[..., _CountedMessage]:
    made = 0

    def make(policy: Compat32) -> _CountedMessage:
        nonlocal made
        made += 1
        if made > MAX_PARTS:
            raise Unparsable(f"more than {MAX_PARTS} MIME parts")
        return _CountedMessage(policy=policy)

    return make


def _fields(message: Message) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), []).append(str(value))
    return MappingProxyType({name: tuple(values) for name, values in found.items()})


def _leaves(message: Message) -> Iterator[tuple[Message, int]]:
    """The leaves in order with their alternative, without recursion; what is inside an attached message stays inside."""
    waiting = [(message, 0)]
    alternatives = unwrapped = 0
    while waiting:
        node, alternative = waiting.pop()
        content_type = node.get_content_type()
        opaque = content_type in _OPAQUE and unwrapped < _MAX_SIGNATURES
        signed = _inside_signature(node) if opaque else None
        if signed is not None:
            unwrapped += 1
            waiting.append((signed, alternative))
        elif not node.is_multipart() or content_type.startswith("message/"):
            yield node, alternative
        else:
            if content_type == "multipart/alternative":
                alternative = alternatives = alternatives + 1
            waiting.extend((child, alternative) for child in reversed(_children(node)))


def _inside_signature(node: Message) -> Message | None:
    """The entity that an opaque S/MIME signature holds; the signature is not verified."""
    content = None if node.is_multipart() else signed_content(_payload(node))
    return None if content is None else _parse(content)


def _children(node: Message) -> list[Message]:
    payload = node.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _part(leaf: Message, alternative: int) -> Part:
    content_type = leaf.get_content_type()
    if content_type.startswith("multipart/"):
        content_type = "text/plain"
    parameters = _parameters(leaf)
    payload = _payload(leaf)
    text, sure = _text(content_type, payload, parameters.get("charset", ""))
    return Part(
        content_type=content_type,
        parameters=parameters,
        disposition=(_sound(leaf.get_content_disposition) or "") if "Content-Disposition" in leaf else "",
        filename=_filename(leaf, parameters),
        content_id=decoded_header(str(leaf.get("Content-ID", ""))).strip("<> "),
        payload=payload,
        text=text,
        charset_sure=sure,
        alternative=alternative,
    )


def _sound(ask: Callable[[], Any]) -> Any:
    """The answer of the standard library, or None where it stumbles over the field."""
    try:
        return ask()
    except _STUMBLES:
        return None


def _parameters(leaf: Message) -> Mapping[str, str]:
    listed = _sound(leaf.get_params)
    if not listed or len(listed) == 1:
        return _EMPTY
    return MappingProxyType({str(name).lower(): _collapsed(value) for name, value in listed[1:]})


def _collapsed(value: object) -> str:
    """A parameter's value; RFC 2231 gives (charset, language, text)."""
    return str(value[2]) if isinstance(value, tuple) else str(value)


def _filename(leaf: Message, parameters: Mapping[str, str]) -> str:
    given = _sound(leaf.get_filename) if "Content-Disposition" in leaf or "name" in parameters else ""
    if not given:
        return ""
    return decoded_header(str(given)).replace("\\", "/").rsplit("/", 1)[-1].strip()


def _payload(leaf: Message) -> bytes:
    if leaf.is_multipart():
        return b"\n".join(_sound(child.as_bytes) or b"" for child in _children(leaf))
    decoded = _sound(lambda: leaf.get_payload(decode=True))
    return decoded if isinstance(decoded, bytes) else b""


def _text(content_type: str, payload: bytes, charset: str) -> tuple[str | None, bool]:
    if not content_type.startswith("text/"):
        return None, True
    if not charset and content_type == "text/html":
        charset = charsets.declared_in_html(payload)
    text, sure = charsets.decode(payload, charset)
    return (text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text), sure


def _from_8bit(raw: str) -> str:
    try:
        octets = raw.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return raw
    return charsets.decode(octets, "")[0]


def _from_encoded_words(text: str) -> str:
    try:
        pieces = decode_header(_BREAKS.sub(" ", text))
    except _STUMBLES:
        return text
    return "".join(_piece(piece, name) for piece, name in pieces)


def _piece(piece: str | bytes, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    return piece.decode("raw-unicode-escape") if charset is None else charsets.decode(piece, charset)[0]
