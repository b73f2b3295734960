"""How an agent answers a mail: what mail clients make of it, quotation included."""

import email.utils
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime


def answer(to: Message, text: str, *, sender: str) -> EmailMessage:
    """The answer to a mail: its words above, the mail quoted below; `sender` is what stands in From."""
    mailbox = email.utils.parseaddr(sender)[1]
    reply = EmailMessage()
    reply["From"] = sender
    reply["To"] = to["Reply-To"] or to["From"]
    subject = str(to["Subject"])
    reply["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    reply["Date"] = email.utils.localtime()
    reply["Message-ID"] = email.utils.make_msgid(domain=mailbox.rpartition("@")[2])
    reply["In-Reply-To"] = to["Message-ID"]
    reply["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
    reply.set_content(f"{text}\n\n{quoted(to)}\n")
    return reply


def quoted(mail: Message) -> str:
    """A mail's words as they stand below an answer to it."""
    when = parsedate_to_datetime(mail["Date"])
    lines = "\n".join(f"> {line}" if line else ">" for line in plain(mail).strip().splitlines())
    return f"On {when:%a, %d %b %Y at %H:%M}, {mail['From']} wrote:\n{lines}"


def plain(mail: Message) -> str:
    """The plain text of a mail."""
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            return payload.decode(part.get_content_charset("utf-8"), "replace") if isinstance(payload, bytes) else ""
    return ""
