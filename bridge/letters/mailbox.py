"""Mailboxes in address headers, read by the letter of RFC 5322 and never by guessing."""

import re
from dataclasses import dataclass

MAX_FIELD = 16_384
"""Longest address field that is read, in characters; one with hundreds of recipients fits."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)", re.ASCII)
_TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<special>[()<>,;:\\"\[\]])|(?P<space>\s+)|(?P<word>[^()<>,;:\\"\[\]\s]+)',
    re.DOTALL,
)

_UNPAIRED = frozenset({'"', "\\"})
_UNWANTED = frozenset(":;[]")


class Malformed(ValueError):
    """The field is not what RFC 5322 calls a list of mailboxes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One mailbox: the name that people see, which proves nothing, and the address in lower case."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A lexical piece of a field: its kind (quoted, special, word) and its text."""

    kind: str
    text: str


def mailboxes(field: str) -> tuple[Mailbox, ...]:
    """The mailboxes of a header field that was not decoded.

    Groups, routes, quoted local parts, domain literals, encoded words and letters beyond ASCII in an address are refused:
    no agent's mailbox needs them and each was used to show one address and mean another (A05).
    Raises Malformed.
    """
    pieces = _pieces(field)
    if any(piece.kind == "special" and piece.text in _UNWANTED for piece in pieces):
        raise Malformed("the address field holds a group, a route or a domain literal")
    return tuple(_mailbox(element) for element in _elements(pieces))


def loose_addresses(field: str) -> tuple[str, ...]:
    """The addresses of a field whose other elements may be broken, in lower case.

    For recipients only: what a display name or a comment contains is no address here either.
    """
    found = []
    try:
        elements = _elements(_pieces(field))
    except Malformed:
        return ()
    for element in elements:
        inside = _angle(element) if any(piece.text == "<" for piece in element) else element
        address = _ADDRESS.fullmatch("".join(piece.text for piece in inside).strip())
        if address:
            found.append(address[0].lower())
    return tuple(found)


def _pieces(field: str) -> list[_Piece]:
    """The field cut into pieces, with a space in place of each comment."""
    if len(field) > MAX_FIELD:
        raise Malformed("the address field is too long")
    pieces: list[_Piece] = []
    depth = 0
    for match in _TOKEN.finditer(field):
        kind, text = match.lastgroup or "", match[0]
        if text in _UNPAIRED or (depth == 0 and text == ")") or (depth and (kind == "quoted" or "@" in text)):
            raise Malformed(
                "the address field has unpaired quotes or brackets, or a comment that hides more than words"
            )
        depth += (text == "(") - (text == ")")
        if depth == 0:
            pieces.append(_Piece("space", " ") if text == ")" else _Piece(kind, text))
    if depth:
        raise Malformed("a comment of the address field is not closed")
    return pieces


def _elements(pieces: list[_Piece]) -> list[list[_Piece]]:
    """The pieces between the commas (or semicolons, as Outlook has them) outside angle brackets; empty ones are legal."""
    elements: list[list[_Piece]] = [[]]
    inside = False
    for piece in pieces:
        inside = piece.text == "<" or (inside and piece.text != ">")
        if piece.text in {",", ";"} and not inside:
            elements.append([])
        else:
            elements[-1].append(piece)
    return [element for element in elements if any(piece.kind != "space" for piece in element)]


def _angle(element: list[_Piece]) -> list[_Piece]:
    """What stands in the angle brackets that end an element; empty where they are not well formed."""
    visible = [piece for piece in element if piece.kind != "space"]
    texts = [piece.text for piece in visible]
    if texts.count("<") != 1 or texts.count(">") != 1 or texts[-1] != ">":
        return []
    return visible[texts.index("<") + 1 : -1]


def _mailbox(element: list[_Piece]) -> Mailbox:
    texts = [piece.text for piece in element]
    if "<" not in texts:
        return Mailbox(name="", address=_address(element))
    name = element[: texts.index("<")]
    if any(piece.kind == "special" or (piece.kind == "word" and "@" in piece.text) for piece in name):
        raise Malformed("a display name holds an address or a bracket outside quotes")
    return Mailbox(name=_name(name), address=_address(_angle(element)))


def _address(pieces: list[_Piece]) -> str:
    text = "".join(piece.text for piece in pieces).strip()
    if not _ADDRESS.fullmatch(text) or "=?" in text:
        raise Malformed("an element of the address field is not one plain mailbox")
    return text.lower()


def _name(pieces: list[_Piece]) -> str:
    return "".join(re.sub(r"\\(.)", r"\1", p.text[1:-1]) if p.kind == "quoted" else p.text for p in pieces).strip()
