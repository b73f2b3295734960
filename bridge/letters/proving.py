"""How a desk's sender is proved (G5): its own people, our server's verdict, and where that is silent a signature that we check.

Our own check is a second source and never an appeal: it is asked only where no field speaks for our server at all.
"""

from bridge.core.policy import DeskPolicy
from bridge.core.replies import Letter
from bridge.letters.authentication import verdict
from bridge.letters.dkim import KeyOf, dkim_verdict, key_names
from bridge.letters.mailbox import Mailbox
from bridge.letters.mime import Mail


def proof(letter: Letter, mail: Mail, *, sender: Mailbox, desk: DeskPolicy, key_of: KeyOf) -> str:
    """How a desk's sender is proved: `internal` where only the server's own people can send as them, dmarc or dkim; else empty."""
    if _is_internal(sender, desk):
        return "internal"
    if _is_silent(mail, desk.authserv_id):
        return dkim_verdict(letter.raw, sender, key_of=key_of, now=int(letter.received.timestamp())).how
    return verdict(mail, desk.authserv_id, sender=sender).how if desk.authserv_id else ""


def wanted_keys(letter: Letter, mail: Mail, *, sender: Mailbox, desk: DeskPolicy) -> tuple[tuple[str, str], ...]:
    """Selector and domain of the keys that could prove the sender; none where nobody's signature would be checked."""
    if _is_internal(sender, desk) or not _is_silent(mail, desk.authserv_id):
        return ()
    return key_names(letter.raw, sender)


def _is_internal(sender: Mailbox, desk: DeskPolicy) -> bool:
    return sender.address in {mailbox.lower() for mailbox in desk.internal_senders}


def _is_silent(mail: Mail, authserv_id: str) -> bool:
    """Whether our server gave no verdict: its name stands nowhere in such a field, however that is written.

    A server that has no name could not be told from strangers when it says that a check failed, so it is never silent.
    """
    fields = mail.fields.get("authentication-results", ())
    return bool(authserv_id) and not any(authserv_id.lower() in field.lower() for field in fields)
