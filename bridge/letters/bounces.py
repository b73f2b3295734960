"""What a mail server says about a mail that it could not deliver: RFC 3464 reports, and the notices of servers that predate it."""

import re
from collections.abc import Iterable, Mapping

from bridge.core.replies import Bounce
from bridge.letters.evidence import Evidence
from bridge.letters.leaf import Part
from bridge.letters.machine_words import is_delay, tells_of_failure
from bridge.letters.mailbox import loose_addresses
from bridge.letters.mime import Mail

_MAX_REPORT = 262_144
_MAX_LINES = 400
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*(.*)")
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![.\d])")
_REPLY_CODE = re.compile(r"(?<![\d.:-])[45][0-5]\d(?=[ -])")
_MESSAGE_ID = re.compile(
    r"^[ \t>|]{0,8}Message-ID:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE
)
_ANY_ID = re.compile(r"<[^<>\s@]{1,250}@[^<>\s@]{1,250}>")
_MENTION = re.compile(r"[A-Za-z0-9!#$%&'*+=?^_{|}~.-]{1,64}@[A-Za-z0-9.-]{1,255}")
_SERVERS = re.compile(r"(?:mailer-daemon|postmaster|abuse|support|noreply|no-reply)[^@]{0,60}@", re.IGNORECASE)
_RETURNED = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
)
_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_DONE = frozenset({"delivered", "relayed", "expanded"})


def read_bounce(mail: Mail) -> Bounce | None:
    """The notice's recipient, status and the Message-ID of what came back, as far as it tells them.

    None where the mail tells of no failure and no delay: success reports are no bounces.
    A proxy has one recipient; of several the first that failed is named, else the first that is delayed.
    """
    seen = Evidence(mail)
    blocks = _blocks(seen)
    recipients = [block for block in blocks if "final-recipient" in block or "action" in block or "status" in block]
    if recipients:
        return _reported(seen, recipients)
    if tells_of_failure(seen) or "x-failed-recipients" in mail.fields:
        return _told(seen)
    return None


def _reported(seen: Evidence, recipients: list[Mapping[str, str]]) -> Bounce | None:
    """What a report says, block by block."""
    unfinished = [block for block in recipients if _action(block) not in _DONE]
    if not unfinished:
        return None
    block = next((block for block in unfinished if _action(block) == "failed"), unfinished[0])
    action = "delayed" if _action(block) == "delayed" else "failed"
    status = _first(_STATUS, f"{block.get('status', '')} {block.get('diagnostic-code', '')}")
    code = _first(_REPLY_CODE, block.get("diagnostic-code", ""))
    return Bounce(
        recipient=_address(block.get("original-recipient", "")) or _address(block.get("final-recipient", "")),
        action=action,
        status=status,
        permanent=action == "failed" and _is_permanent(status or code),
        message_id=_returned_id(seen),
    )


def _told(seen: Evidence) -> Bounce:
    """What a notice in a server's own words says."""
    told = "\n".join(seen.text.split("\n")[:_MAX_LINES])
    status, code = _first(_STATUS, told), _first(_REPLY_CODE, told)
    action = "delayed" if is_delay(seen) else "failed"
    return Bounce(
        recipient=_failed_recipient(seen, told),
        action=action,
        status=status,
        permanent=action == "failed" and _is_permanent(status or code),
        message_id=_returned_id(seen),
    )


def _is_permanent(code: str) -> bool:
    """RFC 3463: class 4 may go another time; without a code the server's giving up counts."""
    return not code.startswith("4")


def _blocks(seen: Evidence) -> list[Mapping[str, str]]:
    """The groups of fields of a report; some servers write them into a text part."""
    sources = [_decoded(part) for part in seen.mail.parts if part.content_type in _REPORTS]
    if not sources and "final-recipient" in seen.text.lower():
        sources = [seen.text]
    return [fields for source in sources for group in re.split(r"\n[ \t]*\n", source) if (fields := _fields(group))]


def _decoded(part: Part) -> str:
    return part.payload[:_MAX_REPORT].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _fields(group: str) -> Mapping[str, str]:
    """Names in lower case and values; a folded value is put together."""
    fields: dict[str, str] = {}
    name = ""
    for line in group.split("\n")[:_MAX_LINES]:
        match = _FIELD.fullmatch(line)
        if match:
            name = match[1].lower()
            fields.setdefault(name, match[2].strip())
        elif name and line[:1] in {" ", "\t"}:
            fields[name] = f"{fields[name]} {line.strip()}"[:_MAX_REPORT]
    return fields


def _action(block: Mapping[str, str]) -> str:
    """`failed` where a careless server left the action out but gave a status."""
    given = block.get("action", "").split("(")[0].strip().lower().split(" ")[0]
    return given or ("delayed" if block.get("status", "").startswith("4") and "will-retry-until" in block else "failed")


def _address(field: str) -> str:
    """The address of `rfc822; address`; empty where it is of another kind."""
    kind, semicolon, address = field.partition(";")
    if not semicolon:
        address = kind
    found = loose_addresses(address.strip()) or tuple(_MENTION.findall(address[:600])[:1])
    return found[0].lower() if found else ""


def _failed_recipient(seen: Evidence, told: str) -> str:
    """The header field of Exim and Google, else the first address that a notice names and that is not a server's."""
    stated = loose_addresses(seen.header("x-failed-recipients"))
    ours = {seen.sender, *loose_addresses(seen.header("to")), *loose_addresses(seen.header("delivered-to"))}
    mentioned = (
        match[0].lower().rstrip(".") for line in _telling(told.split("\n")) for match in _MENTION.finditer(line[:1_000])
    )
    return next(
        (address for address in (*stated, *mentioned) if address not in ours and not _SERVERS.match(address)), ""
    )


def _telling(lines: Iterable[str]) -> Iterable[str]:
    """The lines of a notice up to the mail that it returns."""
    for line in lines:
        if re.match(r"\s*(?:return-path|received|message-id|dkim-signature)\s*:", line, re.IGNORECASE):
            return
        if not re.match(r"\s*(?:to|from|subject|date|reply-to|sender)\s*:", line, re.IGNORECASE):
            yield line


def _returned_id(seen: Evidence) -> str:
    """The Message-ID of the mail that came back: attached, copied into the text, or named in a header field."""
    for part in seen.mail.parts:
        if part.content_type in _RETURNED or (part.disposition == "attachment" and part.text is not None):
            found = _MESSAGE_ID.search(_decoded(part))
            if found:
                return found[1]
    copied = _MESSAGE_ID.search(seen.text)
    if copied:
        return copied[1]
    return next(
        (
            _first(_ANY_ID, seen.header(name)[:2_000])
            for name in ("in-reply-to", "references")
            if "@" in seen.header(name)
        ),
        "",
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""
