"""Every sentence that people read in mails, in one place; braces are filled with values, never with templates of others."""

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.core.model import Kind

NOTES: Mapping[str, str] = {
    "rehearsal": "Rehearsal: nothing is published from this queue yet. You will be sent what would have been published.",
    "deleted": "Deleted: the customer took this post away, so an answer can no longer be published.",
    "edited": "Edited: the customer changed this post after it had reached you. These are the newer words.",
    "late": "Late: caught up after an outage. It reached us {gap} after it was written.",
    "mixed": "Careful: the author's name mixes letters of different alphabets within one word.",
    "resembles": "Careful: the author's name looks like ours ({ours}) but the account is not ours.",
    "links": "Careful: links in this post really lead to {hosts}.",
    "long": "Long: only the first {shown} characters are shown; the rest stands behind the link.",
    "due": "Due: answer by {time}.",
    "public": "Public: everyone on {platform} can read your answer.",
    "either": "Public: everyone on {platform} can read your answer. Begin with a line #private and only {customer} can.",
    "shrunk": "Private: the post is public, but your answer goes to {customer} alone.",
    "private": "Private: only {customer} can read your answer.",
    "none": "By hand: {platform} takes no answers from us here.",
    "none_link": "By hand: {platform} takes no answers from us here. Answer there yourself: {url}",
    "length": "Length: at most {limit} {unit}.",
    "lengths": "Length: at most {limit} {unit} in public, {private} in private.",
    "media": "Files: none are published unless you add a line #media; then at most {most}.",
    "approval": "Approval: {leads} must approve your answer before it is published.",
    "undo": "Undo: for {time} after you send it, a mail with #cancel or a corrected text takes its place.",
}
"""What an agent must know to answer; each is a label, a colon and a sentence."""

WARNINGS = frozenset({"Rehearsal", "Deleted", "Edited", "Late", "Careful", "By hand"})
"""Labels of notes that must not be overlooked."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a notice says: its subject before the conversation's own, and its text."""

    subject: str
    text: str


_AGAIN = "Please answer the customer's mail again"
_RELEASE = "If it shall be published as it is, answer this mail with a line #release."

HELD: Mapping[str, Phrase] = {
    "unparsable": Phrase(
        "Not published",
        f"Your mail could not be read, so nothing was published.\n\n{_AGAIN}, as plain text and without large files.",
    ),
    "many_tokens": Phrase(
        "Not published",
        "Your mail went to several customers at once, so nothing was published to any of them.\n\n"
        "Please answer them one by one.",
    ),
    "mismatch": Phrase(
        "Not published",
        "Your mail was addressed to this customer but answers a mail about another one, so nothing was published.\n\n"
        f"{_AGAIN} and write to nobody else. {_RELEASE}",
    ),
    "late": Phrase(
        "Held: too late",
        "Your answer came too late: the customer's post is so old, or your answer waited so long, that it might "
        f"surprise more than help.\n\n{_RELEASE}",
    ),
    "visibility": Phrase(
        "Not published",
        "This conversation does not allow that kind of answer: what was said in private is never answered in public.\n\n"
        "Nothing was published, and this answer cannot be released. {detail}",
    ),
    "no_answers": Phrase(
        "Not published",
        "The platform takes no answers from us here, so nothing was published.\n\nPlease answer by hand: {url}",
    ),
    "extract_doubt": Phrase(
        "Held: please look",
        "It is not certain which words of your mail are your answer and which are quoted, so nothing was published. "
        f"{{detail}}\n\n{_AGAIN} with your own words at the top and nothing between them. "
        "If the words below are exactly your answer, answer this mail with a line #release.",
    ),
    "empty": Phrase(
        "Not published",
        f"There were no words of yours in your mail, so nothing was published.\n\n{_AGAIN} and write above the quoted mail.",
    ),
    "content": Phrase(
        "Held: please look",
        f"Your answer holds something that is not published without a second look: {{detail}}.\n\n"
        f"Please answer again without it. {_RELEASE}",
    ),
    "target_gone": Phrase(
        "Not published: post gone",
        "The post that you answered is gone: the customer or the platform removed it, or the thread was closed.\n\n"
        "Nothing was published. {detail}",
    ),
    "target_changed": Phrase(
        "Held: post changed",
        "The customer changed the post after you had read it, so your answer waits. These are the words now:\n\n"
        f"{{post}}\n\n{_RELEASE}",
    ),
    "breaker": Phrase(
        "Held: too many at once",
        "More answers were published here in a short time than is usual, so this one waits.\n\n"
        f"{_RELEASE} An operator was told, too.",
    ),
    "paused": Phrase(
        "Held: publishing is paused",
        "An operator paused all publishing, so your answer waits. You need not send it again.\n\n"
        "It can be released when publishing goes on.",
    ),
    "unknown_command": Phrase(
        "Held: unknown command",
        "Your mail begins with a command that does not exist: {detail}\n\n"
        f"Nothing was done and nothing was published. {_AGAIN} with the command that you meant: #private, #note, "
        "#close, #reopen, #escalate NAME, #ignore, #spam, #use NAME, #split, #media, #cancel or #release.",
    ),
    "command_misplaced": Phrase(
        "Held: command inside the text",
        "A command stands inside your answer, where it is not obeyed: {detail}\n\n"
        f"{_AGAIN} with all commands on the first lines. {_RELEASE}",
    ),
    "unknown_response": Phrase(
        "Held: unknown response",
        "There is no standard response of that name: {detail}\n\n"
        f"Nothing was published. {_AGAIN} with the right name, or in your own words.",
    ),
    "too_long": Phrase(
        "Not published: too long",
        "Your answer has {count} {unit}; at most {limit} are possible. Nothing is ever cut, so nothing was published.\n\n"
        "It fits up to this place:\n\n{fits}\n\n"
        "Please send a shorter answer, or answer this mail with a line #split to have it published in numbered parts.",
    ),
    "first_answer": Phrase(
        "Held: first answer of this queue",
        "This is the first answer that came from this queue. An operator must confirm that a person wrote it; "
        "from then on answers are published at once.\n\nYou need not send it again.",
    ),
    "approval": Phrase(
        "Waits for approval",
        "Your answer waits for approval by {detail}. You will be told what became of it.\n\nYou need not send it again.",
    ),
    "rejected": Phrase("Not approved", "Your answer was not approved, so nothing was published.\n\n{detail}"),
    "doubtful": Phrase(
        "Held: an old mail?",
        "The mailbox lost its place and showed your mail again or for the first time; nobody can tell which. "
        f"So it waits.\n\n{_RELEASE}",
    ),
    "undeliverable": Phrase(
        "Not published", "The platform could not be reached for so long that your answer was given up.\n\n" + _RELEASE
    ),
    "login": Phrase(
        "Held: the login does not work",
        "The platform does not accept our login any more, so your answer waits. An operator was told.\n\n"
        "You need not send it again.",
    ),
    "refused": Phrase(
        "Not published: refused",
        "The platform refused your answer: {detail}\n\nPlease change it and answer the customer's mail again. "
        + _RELEASE,
    ),
    "unsure": Phrase(
        "Please check: published or not?",
        "Your answer was sent to the platform, but nobody can tell whether it arrived. It is not sent again by itself, "
        "because it would then stand there twice.\n\n"
        "Please look under the customer's post. If your answer stands there, answer this mail with a line #done. "
        "If it does not, answer with a line #release.",
    ),
    "rehearsal": Phrase(
        "Rehearsal: would have been published",
        "This queue is in rehearsal, so nothing was published. {how} these exact words would have been:",
    ),
}
"""Why an answer was not published, by reason code; told to its verified sender alone."""

OTHERWISE = Phrase("Not published", f"Your answer was held ({{reason}}). {{detail}}\n\n{_RELEASE}")
"""For reasons of adapters, which know their platforms better than this table."""

NEVER_TOLD = frozenset({
    "no_token", "bad_token", "automatic", "sender_not_allowed", "sender_unproven", "replay", "loop", "not_ours",
})  # fmt: skip
"""Reasons that a sender is never told: it would be an oracle for strangers and a loop with machines (threat-model 5)."""

OUTCOMES: Mapping[str, Phrase] = {
    "published": Phrase("Published", "Your answer is published. {url}"),
    "cancelled": Phrase("Cancelled", "Your answer was cancelled in time. Nothing was published."),
    "replaced": Phrase("Replaced", "Your corrected answer takes the place of the first one, which was not published."),
    "too_late_to_cancel": Phrase(
        "Not cancelled",
        "It was too late to cancel: your answer is published. {url}\n\nPlease delete it there if it must go.",
    ),
    "noted": Phrase("Noted", "Your note is kept with the conversation. Nothing was published."),
}
"""What became of an answer that was not held."""

TICKET: Mapping[str, str] = {
    "edited": "The customer changed the post. It now reads:",
    "deleted": "The customer deleted the post. An answer to it can no longer be published.",
    "answered_natively": "Someone answered this customer directly on the platform ({who}), past this queue:",
}
"""What a ticket learns once."""

OPERATOR: Mapping[str, Phrase] = {
    "login": Phrase(
        "Login needed: {subject}",
        "{subject} does not accept our login any more. {detail}\n\n"
        "No post is lost: reading goes on from the same place once the login works again. Answers wait until then.\n\n"
        "Renew the credential and reload, then check with: bridge channel list",
    ),
    "wrong_account": Phrase(
        "Wrong account: {subject}",
        "{subject} is logged in as another account than the configured one. {detail}\n\n"
        "Nothing is published there until both are the same.",
    ),
    "down": Phrase(
        "Out of reach: {subject}",
        "{subject} has been out of reach since {since}. {detail}\n\nIt is tried again and again.",
    ),
    "recovered": Phrase(
        "Recovered: {subject}", "{subject} works again; it did not since {since}. What was missed is being caught up."
    ),
    "undeliverable": Phrase(
        "A customer's post did not reach its queue: {subject}",
        "The mail for {subject} could not be delivered, and trying again will not help. {detail}\n\n"
        "See it with: bridge held list\nWhen the cause is gone: bridge held release",
    ),
    "bounced": Phrase(
        "A customer's post came back: {subject}",
        "A mail server sent the mail for {subject} back: {detail}\n\nSee it with: bridge held list",
    ),
    "desk_missing": Phrase(
        "No such desk: {subject}",
        "The rules send {subject} to a desk that is not configured. It is kept.\n\nCheck with: bridge check",
    ),
    "first_answer": Phrase(
        "First answer to confirm: {subject}",
        "The first answer of desk {subject} is held until you confirm that a person wrote it.\n\n"
        "See it with: bridge held list\nConfirm with: bridge held release",
    ),
    "sender_unproven": Phrase(
        "Unproven sender: {subject}",
        "Someone wrote to the reply address of {subject} whose mail could not be proved to be an agent's. {detail}\n\n"
        "Nothing was published and nobody was answered.",
    ),
    "breaker": Phrase(
        "Too many answers at once: {subject}",
        "More answers were published at {subject} than the breaker allows. Further ones are held.\n\n"
        "See them with: bridge held list",
    ),
    "gap": Phrase(
        "Posts were lost: {subject}", "{subject} no longer shows a stretch of posts that was not read in time. {detail}"
    ),
    "quarantined": Phrase(
        "Unreadable: {subject}", "Something from {subject} could not be read and is kept raw. {detail}"
    ),
}
"""What the operator is told, once an hour for each condition."""

ALERT = Phrase("{reason}: {subject}", "{subject} needs a person: {reason}. {detail}")
"""For conditions without words of their own."""

KINDS: Mapping[Kind, str] = {
    Kind.MENTION: "mentioned us on {platform}",
    Kind.COMMENT: "commented on {platform}",
    Kind.DIRECT: "wrote us a private message on {platform}",
    Kind.REVIEW: "wrote a review on {platform}",
    Kind.TOPIC: "opened a topic on {platform}",
    Kind.SMS: "sent a text message",
}
"""What the author did."""

FOOT = "Sent for {brand}. Answer as you answer any mail: the address decides which customer gets it."
COMMANDS = (
    "Commands, above your answer and each on a line of its own: #private, #note, #close, #escalate NAME, #ignore, "
    "#spam, #use NAME, #split, #cancel."
)
NOTICE_FOOT = "Sent by the bridge of {brand}, by itself."
