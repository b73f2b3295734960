"""Every sentence of a notice to agents, leads and tickets, by reason code; braces are filled with values, never with templates of others."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a notice says: its subject before the conversation's own, and its text."""

    subject: str
    text: str


_AGAIN = "Please answer the customer's mail again"
_RELEASE = "If it shall be published as it is, answer this mail with a line #release."
_ASK = "If it shall be published as it is, ask an operator to release it."
_WAITS = "You need not send it again."

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
    "many_conversations": Phrase(
        "Not published",
        "This customer has several conversations with us, and your mail does not say which of them it answers, "
        "so nothing was published.\n\nPlease answer the mail itself instead of writing a new one.",
    ),
    "unknown_conversation": Phrase(
        "Not published",
        "This conversation is so old that it is not kept any more, so nothing was published.\n\n"
        "Please answer on the platform itself if it still matters.",
    ),
    "desk_missing": Phrase(
        "Not published",
        "The queue that this conversation belonged to does not exist any more.\n\nPlease tell an operator.",
    ),
    "revoked": Phrase(
        "Not published", "An operator closed this conversation's reply address for good, so nothing was published."
    ),
    "late": Phrase(
        "Held (too late)",
        f"{{detail}}\n\nAn answer that comes very late can surprise more than help, so it was not published. {_RELEASE}",
    ),
    "too_soon": Phrase(
        "Held (please confirm)",
        "Your answer came within seconds after the mail that it answers, as automatic answers do, so it was not "
        f"published.\n\n{_RELEASE}",
    ),
    "first_answer": Phrase(
        "Held (first answer of this queue)",
        "This is the first answer that came from this queue. An operator must confirm that a person wrote it; "
        f"from then on answers are published without that.\n\n{_WAITS}",
    ),
    "doubtful": Phrase(
        "Held (an old mail?)",
        "The mailbox lost its place and shows mails again. It is not certain that yours is new, so it was not "
        f"published.\n\n{_RELEASE}",
    ),
    "visibility": Phrase(
        "Not published",
        "This kind of answer is not possible here. {detail}\n\n"
        "What was said in private is never answered in public. If the customer must hear it, answer by hand: {url}",
    ),
    "private_words": Phrase(
        "Held (private words)",
        "Your public answer repeats words that the customer wrote in private, so it was not published.\n\n"
        f"{_AGAIN} without them, or begin with a line #private. {_ASK}",
    ),
    "mismatch": Phrase(
        "Held (which customer?)",
        "Your mail is addressed to this customer but answers a mail about another one, so it was not published.\n\n"
        f"{_RELEASE} If it was meant for the other one, please answer that mail.",
    ),
    "extract_doubt": Phrase(
        "Held (which words are yours?)",
        "It is not certain which words of your mail are your answer and which are quoted, so nothing was published. "
        f"{{detail}}\n\n{_AGAIN} with your words at the top and nothing between them. "
        "If the words below are exactly your answer, answer this mail with a line #release.",
    ),
    "unknown_command": Phrase(
        "Held (unknown command)",
        "Your mail begins with a line that looks like a command and is none. {detail}\n\n"
        f"Nothing was done and nothing was published. {_AGAIN} with the command that you meant: #private, #note, "
        "#close, #reopen, #escalate NAME, #ignore, #spam, #use NAME, #split, #media, #cancel, #hide, #like or #delete. "
        "If the line belongs to your answer, answer this mail with a line #release.",
    ),
    "not_possible": Phrase(
        "Not done", "What you ordered cannot be done. {detail}\n\nNothing was done and nothing was published."
    ),
    "unknown_response": Phrase(
        "Held (unknown response)",
        f"{{detail}}\n\nNothing was published. {_AGAIN} with the right name, or in your own words.",
    ),
    "not_to_all": Phrase(
        "Not published (not to all)",
        f"Your answer was meant for all who joined this ticket, so it was published to nobody. {{detail}}\n\n{_AGAIN} "
        "without #all to reach the first customer alone.",
    ),
    "names_one": Phrase(
        "Held (for all, or for one?)",
        "Your answer was meant for all who joined this ticket. {detail}\n\n"
        f"{_AGAIN} without that, or without #all. {_RELEASE}",
    ),
    "empty": Phrase(
        "Not published",
        f"There were no words of yours in your mail, so nothing was published.\n\n{_AGAIN} and write above the line.",
    ),
    "own_address": Phrase(
        "Not published",
        "Your answer holds a reply address of ours. Whoever reads it could write in your name, so nothing was "
        f"published.\n\n{_AGAIN} without it.",
    ),
    "content": Phrase(
        "Held (please look again)",
        "Your answer holds what is not published without a second look. {detail}\n\n" + f"{_AGAIN} without it. {_ASK}",
    ),
    "media": Phrase(
        "Not published (the files)",
        "Your answer and its files were not published. {detail}\n\n"
        f"{_AGAIN} with other files, or without a line #media.",
    ),
    "stopped": Phrase(
        "Not sent (the customer said STOP)",
        "The customer ended text messages from us, so your answer was not sent and never will be.\n\n"
        "Only a message with START from the customer opens them again; please use another way until then.",
    ),
    "too_long": Phrase(
        "Not published (too long)",
        "Your answer has {count} {unit}; at most {limit} are possible. Nothing is ever cut, so nothing was published.\n\n"
        "It fits up to this place:\n\n{fits}\n\n"
        f"{_AGAIN} more briefly, or answer this mail with a line #split to have it published in numbered parts.",
    ),
    "target_gone": Phrase(
        "Not published (the post is gone)",
        "The post that you answered is gone: the customer or the platform removed it. Nothing was published.",
    ),
    "target_changed": Phrase(
        "Held (the post changed)",
        "The customer changed the post after it had been sent to you, so your answer waits. Now it reads:\n\n"
        f"{{post}}\n\n{_RELEASE}",
    ),
    "paused": Phrase(
        "Held (publishing is paused)",
        "An operator paused publishing, so your answer waits. It is read again by itself when publishing goes on.\n\n"
        f"{_WAITS}",
    ),
    "breaker": Phrase(
        "Held (too many at once)",
        "More answers were published in a short time than is usual, so this one waits. An operator was told and can "
        f"release it.\n\n{_WAITS}",
    ),
    "approval": Phrase(
        "Waits for approval",
        f"Your answer is published when a lead has approved it. You will be told if not.\n\n{_WAITS}",
    ),
    "rejected": Phrase("Not approved", "Your answer was not approved and will not be published. {detail}"),
    "undeliverable": Phrase(
        "Held (the platform is out of reach)",
        f"The platform could not be reached for so long that trying has ended.\n\n{_RELEASE}",
    ),
    "login": Phrase(
        "Held (our login does not work)",
        f"The platform does not accept our login any more, so your answer waits. An operator was told.\n\n{_WAITS}",
    ),
    "refused": Phrase(
        "Not published (refused)",
        f"The platform refused your answer. {{detail}}\n\n{_AGAIN} in other words, or by hand: {{url}}\n\n{_RELEASE}",
    ),
    "window_closed": Phrase(
        "Not published (too late for the platform)",
        "The platform takes an answer only for a while after the customer wrote, and that time is over.\n\n"
        f"Answer by hand if you can: {{url}}\n\nIf the customer writes again, you can answer that. {_RELEASE}",
    ),
    "part_missing": Phrase(
        "Held (an earlier part is missing)",
        "A part of an answer is published only after the part before it, and that one does not stand on the platform. "
        "What became of it was told in another mail.\n\n"
        "If the rest shall be published all the same, see to the earlier part, then answer this mail with a line #release.",
    ),
    "unsure": Phrase(
        "Please check: published or not?",
        "Your answer was sent to the platform, but it is not certain that it arrived. It is not sent again by itself: "
        "it could then stand there twice.\n\n"
        "Please look under the customer's post: {url}\n\n"
        "If your answer stands there, answer this mail with a line #done. If not, with a line #release.",
    ),
    "rehearsal": Phrase(
        "Rehearsal (would have been published)",
        "This queue is in rehearsal, so nothing was published. {how} these exact words would have been:",
    ),
}
"""Why an answer was not published, by reason code; told to its verified sender alone.

#release is offered only where the sender may release, see bridge.core.gates.GATES.
"""

OTHERWISE = Phrase("Not published", f"Your answer waits for an operator ({{reason}}). {{detail}}\n\n{_WAITS}")
"""For reasons of adapters, which know their platforms better than this table."""

NEVER_TOLD = frozenset({
    "no_token", "bad_token", "bounce", "automatic", "sender_not_allowed", "sender_unproven", "replay", "superseded",
    "right_revoked",
})  # fmt: skip
"""Reasons that a sender is never told: it would be an oracle for strangers and a loop with machines (threat-model 5).

Of words whose place newer ones took, the sender knows already.
"""

TOO_LONG = Phrase(
    "Not published (too long)",
    "Your answer has {count} {unit}; at most {limit} are possible. Nothing is ever cut, so nothing was published.\n\n"
    "It fits up to this place:\n\n{fits}\n\n"
    f"{_AGAIN} more briefly: the platform takes one answer here, so it cannot be split.",
)
"""The same where the platform takes one answer, so that nothing can be split."""

OUTCOMES: Mapping[str, Phrase] = {
    "published": Phrase("Published", "Your answer is published. {url}"),
    "cancelled": Phrase("Cancelled", "Your answer was cancelled in time. Nothing was published."),
    "replaced": Phrase("Replaced", "Another answer takes the place of yours, which was not published."),
    "too_late_to_cancel": Phrase(
        "Not cancelled",
        "It was too late to cancel: your answer is published, or on its way and perhaps there already. {url}\n\n"
        "If it must go, answer this mail with a line #delete once it stands there, or delete it there.",
    ),
    "waits": Phrase(
        "Sent later",
        "Your answer waits. {detail} It goes out by itself after {until}.\n\n"
        "If it shall not, answer this mail with a line #cancel.",
    ),
    "dropped": Phrase("Not published", "An operator decided that your answer is not published. {detail}"),
    "dropped_in_doubt": Phrase(
        "Given up: published or not?",
        "Your answer was sent to the platform, it is not certain that it arrived, and an operator decided that nobody "
        "looks for it any more. {detail}\n\nPlease look under the customer's post: {url}",
    ),
    "to_all": Phrase(
        "Goes to all",
        "Your answer goes to the first customer and then, one after the other, to the others who joined this ticket "
        "before you wrote: {count}. Whoever deleted their post, says something else by now, was answered or has a ticket of "
        "their own is left out.\n\nA line #cancel stops it at any time; what is published by then stands.",
    ),
    "all_stopped": Phrase("Stopped", "Nobody else gets your answer to all. The ticket is told who has it already."),
}
"""What became of an answer that was not held."""

ACTED: Mapping[str, Phrase] = {
    "hide": Phrase("Hidden", "The customer's post is hidden on the platform. A line #unhide shows it again."),
    "unhide": Phrase("Shown again", "The customer's post is shown on the platform again."),
    "like": Phrase("Liked", "Our account likes the customer's post now."),
    "delete": Phrase("Deleted", "Our answer is deleted on the platform. The customer may have read it before."),
    "not_done": Phrase(
        "Not done",
        "What you ordered could not be done on the platform. {detail}\n\nPlease do it by hand if it must be done: {url}",
    ),
    "act_rehearsed": Phrase(
        "Rehearsal (would have been done)",
        "This queue is in rehearsal, so nothing was done on the platform; else it would have been: {deed}.",
    ),
}
"""What became of an order to act on the platform."""

APPROVE = Phrase(
    "Please approve",
    "An answer waits for your approval. If it shall be published exactly like this, answer this mail with a line "
    "#approve; if other words shall be published, with those; if nothing shall, with a line #reject and why.\n\nThe customer wrote:\n\n{post}\n\n{agent} wants to answer{how}:\n\n{said}\n\n{before}\n\n{changed}",
)
"""What a lead is asked."""

APPROVE_BEFORE = "This takes the place of:\n\n{before}"
APPROVE_CHANGED = "What changed, with [-what is gone-] and {{+what is new+}}:\n\n{changed}"

OTHER_WORDS = Phrase(
    "Answered in other words",
    "{lead} looked at your answer and answers in other words, which are published in place of yours:\n\n{said}\n\n{changed}",
)
TAKEN_BACK = Phrase(
    "Cancelled", "Your answer was cancelled before anybody approved it. Nothing was published.\n\n{said}"
)
"""What its writer is told."""

TICKET: Mapping[str, str] = {
    "edited": "The customer changed the post. It now reads:",
    "deleted": "The customer deleted the post. An answer to it can no longer be published.",
    "stopped": "The customer ended text messages from us (STOP). No answer is sent any more until they write START.",
    "started": "The customer wants text messages from us again (START). Answers are sent again.",
    "closing": "This customer has no answer on {platform} yet, and a private one is taken there only until {until}. "
    "A later one is held, and must be given by hand: {url}{public}",
    "grown": "{count} more posts by {people} say nearly the same. They joined this ticket and make none of their own. "
    "An answer here reaches the customer above alone{all}.",
    "to_all_over": "The answer to all that {agent} wrote: {published} published besides the first one{waiting}{left_out}.{why}",
    "to_all_taken": "{agent} had the answer to all deleted: with the first one it goes from {count} others who had it. "
    "Whatever the platform does not delete is told one by one.",
    "followed": "{count} of the customers who got an answer to all wrote again, the newest here: {url}\n\n"
    "Each has a ticket of their own, with what was said before.",
    "undelivered": "This answer did not reach the customer: {why}. Please find another way, or answer again later:",
    "answered_natively": "Someone answered this customer directly on the platform ({who}), past this queue:",
    "tried": "Others answered on the platform while this post was held for them. "
    "Nobody said that it helped, so here is what was tried:",
}
"""What a ticket learns once."""

LEFT_OUT: Mapping[str, str] = {
    "own_ticket": "have a ticket of their own",
    "same_person": "had it already under another post",
    "answered": "were answered by somebody else",
    "changed": "say something else by now",
    "target_gone": "are gone",
    "target_changed": "say something else by now",
    "visibility": "cannot be answered there",
    "private_words": "wrote in private what the answer repeats",
    "nameless": "cannot be spoken to by name",
    "too_long": "have a name that makes it too long",
    "content": "would have had it with something that is not published",
    "breaker": "had too many answers of ours",
    "refused": "were refused by the platform",
    "late": "had their turn too late",
    "cancelled": "had not got it when it was stopped",
    "operator": "do not get it, as an operator decided",
}
"""Why some who joined a ticket did not get the answer to all of it; after their number."""

OVER: Mapping[str, str] = {
    "cancelled": "It was stopped by #cancel.",
    "operator": "An operator stopped it.",
    "replaced": "A newer answer to all took its place.",
    "deleted": "It was deleted by #delete.",
    "taken_back": "The first customer's answer was taken back.",
    "refused": "The platform refused it three times in a row, so nobody else was tried.",
    "target_gone": "The first customer's post is gone, so nobody else was tried; the others are judged anew.",
    "late": "It took too long, so nobody else was tried.",
    "rehearsal": "The queue went into rehearsal.",
    "desk_missing": "The queue is not configured any more.",
    "revoked": "Its writer may not answer any more.",
}
"""Why an answer to all ended before everybody had their turn."""

STOPPED = "Stopped: this customer ended text messages from us (STOP), so no answer is sent until they write START."
"""What a proxy says of it."""

NOTICE_FOOT = "Sent by the bridge of {brand}, by itself."
