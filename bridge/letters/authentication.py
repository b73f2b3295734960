"""Who sent a mail, and what our own server says of that: one mailbox, and its proof (G4, G5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.letters.authresults import Result, read_results
from bridge.letters.mailbox import Mailbox, Malformed, mailboxes
from bridge.letters.mime import Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why no single mailbox can be named as the sender: no_sender, many_senders or malformed_sender."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How our server, or our own check, proved a sender: dmarc or dkim, and the domain that vouches; both empty where not."""

    how: str = ""
    domain: str = ""
    trouble: str = ""
    """Why there is no proof: no_results, unreadable, not_passed or not_aligned."""

    def __bool__(self) -> bool:
        return bool(self.how)


def sender(mail: Mail) -> Mailbox | Refused:
    """The mailbox in From, if there is exactly one field with exactly one mailbox, strictly read (A05)."""
    fields = mail.fields.get("from", ())
    return _only(fields) if fields else Refused(reason="no_sender")


def submitter(mail: Mail) -> Mailbox | Refused | None:
    """The mailbox in Sender, which must be allowed as well as that in From; None where there is no such field."""
    fields = mail.fields.get("sender", ())
    return _only(fields) if fields else None


def verdict(mail: Mail, authserv_id: str, *, sender: Mailbox) -> Proof:
    """What our own server says of the sender, in the topmost Authentication-Results that bears its name (A02, A04).

    Any other such field may have come with the mail and is not looked at, and neither are lower ones of that name.
    """
    for field in mail.fields.get("authentication-results", ()):
        if not _bears(field, authserv_id):
            continue
        read = read_results(field)
        return _weighed(read.results, sender.domain) if read else Proof(trouble="unreadable")
    return Proof(trouble="no_results")


def aligned(signing: str, sending: str) -> bool:
    """Whether a signing domain may vouch for a sender's: the same, or one under the other (RFC 7489 3.1.1, relaxed).

    Without a list of public suffixes the upper of the two must have a dot, so that no top-level domain vouches for all.
    """
    upper, lower = sorted((signing.lower().rstrip("."), sending.lower()), key=len)
    return upper == lower or (lower.endswith(f".{upper}") and "." in upper)


def _only(fields: Sequence[str]) -> Mailbox | Refused:
    if len(fields) > 1:
        return Refused(reason="many_senders")
    try:
        found = mailboxes(fields[0])
    except Malformed:
        return Refused(reason="malformed_sender")
    if len(found) != 1:
        return Refused(reason="many_senders" if found else "no_sender")
    return found[0]


def _bears(field: str, authserv_id: str) -> bool:
    """Whether the first word of a field is the server's name; a comment before it is nobody's name."""
    head = field.partition(";")[0].split()
    return bool(head) and head[0].strip('"').lower() == authserv_id.lower()


def _weighed(results: Sequence[Result], domain: str) -> Proof:
    passed = [result for result in results if result.outcome == "pass"]
    said = {
        r.outcome for r in results if r.method == "dmarc" and r.properties.get("header.from", "").rstrip(".") == domain
    }
    if said == {"pass"}:
        return Proof(how="dmarc", domain=domain)
    if "pass" in said:  # no server says both of one mail
        return Proof(trouble="not_passed")
    for result in passed:
        signing = _signing_domain(result)
        if result.method == "dkim" and signing and aligned(signing, domain):
            return Proof(how="dkim", domain=signing)
    return Proof(trouble="not_aligned" if any(r.method in {"dmarc", "dkim"} for r in passed) else "not_passed")


def _signing_domain(result: Result) -> str:
    """`header.d`, or the domain of `header.i` where a server writes only that."""
    return result.properties.get("header.d", "") or result.properties.get("header.i", "").rpartition("@")[2]
