"""Fuzz target: any mail gets a label with its signs, and whatever a mail says, the marks of a machine on it suffice (G3)."""

import atheris
from driving import drive

with atheris.instrument_imports(include=["bridge"]):
    from bridge.core.replies import LetterKind
    from bridge.letters import mime
    from bridge.letters.automatic import HUMAN, KINDS, Classification, Facts, classify
    from bridge.testing import mailing

FACTS = Facts(acknowledgements=("has been received",))
EXCUSED = Facts(human_despite_header=frozenset({"ann@acme.test"}))
MARKS = (b"Auto-Submitted: auto-replied", b"Precedence: list", b"X-Autoreply: yes", b"List-Id: <list.acme.test>")
ORIGINS = (b"X-Failed-Recipients: queue@acme.test", b"X-Bridge-Hops: 1")
"""What excuses nobody."""
HEAD = b"From: Ann Agent <ann@acme.test>\nSubject: %s\nContent-Type: text/plain; charset=utf-8\n\n%s\n"
WRITTEN = (
    (b"Re: The shop is down", b"It is open again."),
    (b"Automatic reply: The shop is down", b"I am out of the office until Monday."),
    (b"Abwesenheitsnotiz", b"Ich bin bis zum 4. Mai nicht im Haus."),
    (b"Undelivered Mail Returned to Sender", b"<queue@acme.test>: host mx.acme.test said: 550 5.1.1 no such user"),
    (b"Delayed Mail (still being retried)", b"Delivery is delayed; we keep trying until tomorrow."),
    (b"[Ticket #17] received", b"Your request has been received. Please do not answer this mail."),
    (b"Accepted: meeting", b"BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR"),
    (b"Please confirm your mail", b"Click here to prove that you are a person."),
)
REPORT = (
    b"From: MAILER-DAEMON@acme.test\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt failed."
    b"\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.test\n\nAction: failed\nStatus: 5.1.1\n--b--\n"
)


def once(octets: bytes) -> None:
    """The first byte chooses the mark that is set on top of the rest."""
    mark, raw = octets[0] if octets else 0, octets[1:].lstrip()
    plain = _told(raw, FACTS)
    if plain is None:
        return
    for marks, facts in ((MARKS, FACTS), (ORIGINS, EXCUSED)):
        marked = _told(marks[mark % len(marks)] + b"\n" + raw, facts)
        assert marked is None or marked.kind is not LetterKind.REPLY, "a machine's mark did not suffice"


def _told(raw: bytes, facts: Facts) -> Classification | None:
    """What the mail is said to be; None where it breaks a limit, and is held for that."""
    try:
        found = classify(mime.read(raw), facts)
    except mime.Unparsable:
        return None
    assert found.kind is KINDS[found.label]
    assert (found.label == HUMAN) == (not found.signs)
    return found


if __name__ == "__main__":
    seeds = [mailing.raw(), REPORT, *(HEAD % written for written in WRITTEN)]
    drive("automatic", once, [bytes([number]) + seed for number, seed in enumerate(seeds)])
