"""Every sentence of a notice to the operator, by the condition that it tells of; braces are filled with values."""

from collections.abc import Mapping

from bridge.core.phrases import Phrase

OPERATOR: Mapping[str, Phrase] = {
    "login": Phrase(
        "Login needed: {subject}",
        "{subject} does not accept our login any more. {detail}\n\n"
        "No post is lost: reading goes on from the same place once the login works again. Answers wait until then.\n\n"
        "Renew the credential and reload, then check with: bridge channel list",
    ),
    "down": Phrase(
        "Out of reach: {subject}",
        "{subject} has been out of reach since {since}. {detail}\n\nIt is tried again and again.",
    ),
    "recovered": Phrase(
        "Recovered: {subject}", "{subject} works again; it did not since {since}. What was missed is being caught up."
    ),
    "storm": Phrase(
        "Storm: {subject}",
        "{subject} has far more posts than usual. {detail}\n\n"
        "Nothing is lost. What rules mark with defer_in_storm waits; everything else goes its way by its priority.\n\n"
        "See it with: bridge status",
    ),
    "storm_over": Phrase(
        "Storm over: {subject}", "{subject} has as many posts as usual again; it had not since {since}. {detail}"
    ),
    "undeliverable": Phrase(
        "A customer's post did not reach its queue: {subject}",
        "The mail for {subject} could not be delivered, and trying again will not help. {detail}\n\n"
        "See it with: bridge held list\nWhen the cause is gone: bridge held release",
    ),
    "bounced": Phrase(
        "A customer's post came back: {subject}",
        "A mail server sent a mail of conversation {subject} back, so no agent may have seen it. {detail}\n\n"
        "See it with: bridge conversation show {subject}",
    ),
    "desk_missing": Phrase(
        "No such desk: {subject}",
        "The rules send posts to the desk {subject}, which is not configured. They are held.\n\n"
        "See them with: bridge held list\nWhen the desk is there: bridge held release",
    ),
    "first_answer": Phrase(
        "First answer to confirm: {subject}",
        "In conversation {subject}, the first answer of a desk is held until you confirm that a person wrote it.\n\n"
        "See it with: bridge held list\nConfirm the desk with: bridge desk confirm NAME\n"
        "Then let the answer go on: bridge held release KEY",
    ),
    "sender_unproven": Phrase(
        "Unproven sender: {subject}",
        "Someone wrote to the reply address of conversation {subject}, and our mail server could not prove who. {detail}\n\n"
        "Nothing was published and nobody was answered. If agents' mails are stopped, check authserv_id of the desk.",
    ),
    "breaker": Phrase(
        "Too many answers at once: {subject}",
        "More answers came than the breaker allows, the last in conversation {subject}. Further ones are held.\n\n"
        "See them with: bridge held list",
    ),
    "in_doubt": Phrase(
        "Answers in doubt: {subject}",
        "Nobody can tell yet whether {subject} arrived on the platform. {detail}\n\n"
        "They are looked for again and again, and held for a person in the end.\n\nSee them with: bridge status",
    ),
    "waiting_long": Phrase(
        "Waiting too long: {subject}",
        "{subject} could not be delivered so far. {detail}\n\nSee it with: bridge status and bridge channel list",
    ),
    "turn_waiting": Phrase(
        "Waiting for a turn: {subject}",
        "{subject} wait for their turn at a desk that takes only so much at once. {detail}\n\n"
        "Nothing is lost: agents do not keep up, or the desk's pace is too slow.\n\nSee them with: bridge status",
    ),
    "held_waiting": Phrase(
        "Held answers wait: {subject}",
        "{subject} wait for a person. {detail}\n\nSee them with: bridge held list",
    ),
    "approval_waiting": Phrase(
        "No lead answers: {subject}",
        "{subject} wait for a lead's approval. {detail}\n\nSee them with: bridge held list\n\n"
        "Ask a lead to answer the mail that they got with #approve, other words, or #reject.",
    ),
    "disk_nearly_full": Phrase(
        "Disk nearly full: {subject}",
        "The disk of {subject} is nearly full. {detail}\n\n"
        "When it is full the bridge stops reading before it loses anything, and goes on by itself when there is room.",
    ),
    "clock_doubted": Phrase(
        "Is this the time? {subject}",
        "{subject} jumped at {since}. {detail}\n\n"
        "The bridge goes on by the time that it had, so that no answer is too late and no record too old for it.\n\n"
        "Where the new time is wrong, set the clock. Where it is right, restart the bridge.",
    ),
}
"""What the operator is told, at most once an hour for each condition."""

ALERT = Phrase("{reason}: {subject}", "{subject} needs a person: {reason}. {detail}")
"""For conditions without words of their own."""
