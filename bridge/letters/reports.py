"""What the structure of a mail says: reports of mail programs, calendars and receivers."""

import re
from collections.abc import Iterator

from bridge.letters.evidence import Evidence
from bridge.letters.machine_marks import Sign

_METHOD = re.compile(rb"^METHOD:\s?([A-Z-]+)", re.MULTILINE | re.IGNORECASE)
_CALENDARS = ("text/calendar", "application/ics", "text/x-vcalendar")
_AGGREGATE = re.compile(r"[^!\s]{1,255}![^!\s]{1,255}!\d{6,}!\d{6,}")
_DMARC_SUBJECT = re.compile(
    r"report domain: ?\S+ submitter: ?\S+|dmarc (?:failure|aggregate) report|\[?dmarc report|dmarc failure|report-id:|tls-?rpt report"
)
_FEEDBACK = re.compile(
    r"^(?:complaint about message from|abuse report|\S+ abuse report|spam report|feedback loop)|\babuse report$|^fbl\b"
)
_ITEMS = (
    ("bounce-other", re.compile(r"^report\..{0,80}\.ndr\b|content-classes:dsn")),
    ("mdn", re.compile(r"^report\..{0,80}\.(?:ipnrn|ipnnrn|dr)\b|content-classes:mdn")),
    ("calendar", re.compile(r"^(?:ipm\.)?(?:schedule\.meeting|taskrequest)\b|content-classes:calendarmessage")),
    ("ooo", re.compile(r"^ipm\.note\.rules\.(?:external)?oof")),
    ("autoreply", re.compile(r"^ipm\.note\.rules\.reply")),
    ("notification", re.compile(r"^ipm\.outlook\.recall|^ipm\.recall|content-classes:recallmessage")),
)
"""What Outlook and Exchange call items that no person writes: in a `winmail.dat`, and in the field Content-Class."""
_MAX_LOOK = 65_536


def reports(seen: Evidence) -> Iterator[Sign]:
    """Reports of any kind."""
    outer = seen.mail.message.get_content_type()
    kind = seen.mail.message.get_param("report-type", "") if "multipart/report" in outer else ""
    kind = str(kind).lower()
    if (
        "message/delivery-status" in seen.types
        or "message/global-delivery-status" in seen.types
        or kind == "delivery-status"
    ):
        yield Sign("dsn", "delivery status")
    elif outer == "multipart/report":
        yield Sign("autoreply", "report")
    if "message/disposition-notification" in seen.types or kind == "disposition-notification":
        yield Sign("mdn", "disposition notification")
    if "message/feedback-report" in seen.types or kind == "feedback-report" or _FEEDBACK.search(seen.subject):
        yield Sign("arf", "feedback report")
    if "multipart/fax-message" in outer:
        yield Sign("notification", "fax")
    if _is_dmarc(seen):
        yield Sign("dmarc", "aggregate report")
    yield from _calendars(seen)
    item = f"{seen.mail.message_class} {seen.header('content-class').lower()}"
    yield from (Sign(label, "kind of item") for label, kind in _ITEMS if item != " " and kind.search(item))


def _calendars(seen: Evidence) -> Iterator[Sign]:
    """Invitations and their answers; an event that is only attached to an answer is the answer's business."""
    for part in seen.mail.parts:
        if part.content_type in _CALENDARS or part.filename.lower().endswith(".ics"):
            method = _METHOD.search(part.payload[:_MAX_LOOK])
            scheduled = "method" in part.parameters or (method is not None and method[1].upper() != b"PUBLISH")
            yield Sign("calendar", "calendar part", suffices=scheduled or not seen.answers)


def _is_dmarc(seen: Evidence) -> bool:
    names = (part.filename for part in seen.mail.parts)
    types = ("application/tlsrpt+gzip", "application/tlsrpt+json")
    return (
        bool(_DMARC_SUBJECT.search(seen.whole_subject))
        or any(map(_AGGREGATE.match, names))
        or any(map(seen.types.get, types))
    )
