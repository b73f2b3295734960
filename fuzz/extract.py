"""Fuzz target: an agent's words are found in any body, plain or HTML; what is said with confidence holds no line of the proxy."""

from email.message import EmailMessage

import atheris
from driving import drive

with atheris.instrument_imports(include=["bridge"]):
    from bridge.letters import mime
    from bridge.letters.extract import extract
    from bridge.letters.known import proxies
    from bridge.letters.normal import fold_lines, normal
    from bridge.testing import mailing

PROXY = mailing.SENT.text
LINES = frozenset(line for line in fold_lines(normal(PROXY)) if len(line) >= 24)
"""Lines of the proxy that nobody writes by chance."""
KINDS = ("plain", "html", "both")


def once(octets: bytes) -> None:
    """The first byte chooses the kind of body, the rest is its text."""
    kind, text = KINDS[octets[0] % len(KINDS)] if octets else "plain", octets[1:].decode("utf-8", "replace")
    found = extract(mime.read(_mail(kind, text)), [PROXY])
    assert found.text == normal(found.text)
    assert "\u202e" not in found.text
    if found.confident:
        assert LINES.isdisjoint(fold_lines(found.text)), "a line of the proxy is among the agent's words"


def _mail(kind: str, text: str) -> bytes:
    if kind != "both":
        return f"Content-Type: text/{kind}; charset=utf-8\n\n".encode() + text.encode()
    message = EmailMessage()
    plain, _, page = text.partition("\0")
    message.set_content(plain)
    message.add_alternative(page, subtype="html")
    return message.as_bytes()


def _seeds() -> list[bytes]:
    words, quoted = mailing.WORDS, mailing.quoted()
    page = f"<div>{words}</div><br><blockquote type=cite>{quoted}</blockquote><p>-- <br>Ann</p>"
    plain = [f"{words}\n\n{quoted}", f"{quoted}\n{words}", f"{words}\n-- \nAnn Agent\n", f"#private\n{words}", PROXY]
    plain += [f"{words}\n\n-----Original Message-----\nFrom: Jane\nSent: Monday\nSubject: x\n\n{PROXY}"]
    seeds = [(0, text) for text in plain] + [(1, page), (1, f"<pre>{quoted}</pre>"), (2, f"{words}\0{page}")]
    return [bytes([kind]) + text.encode() for kind, text in seeds]


if __name__ == "__main__":
    assert proxies([PROXY]).keys
    drive("extract", once, _seeds())
