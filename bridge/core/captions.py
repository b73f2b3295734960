"""Every sentence that a proxy bears besides the words of customers; braces are filled with values."""

from collections.abc import Mapping

from bridge.core.model import Kind

NOTES: Mapping[str, str] = {
    "rehearsal": "Rehearsal: nothing is published from this queue yet. You will be sent what would have been published.",
    "deleted": "Deleted: the customer took this post away, so an answer can no longer be published.",
    "edited": "Edited: the customer changed this post after it had reached you. These are the newer words.",
    "late": "Late: caught up after an outage. It reached us {gap} after it was written.",
    "after_all": "Late: left alone at first, and sent here after all by an admin's word, {gap} after it was written.",
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
    "until": "Time: {platform} takes a private answer until {time}.",
    "length": "Length: at most {limit} {unit}.",
    "lengths": "Length: at most {limit} {unit} in public, {private} in private.",
    "media": "Files: none are published unless you add a line #media; then at most {most}.",
    "approval": "Approval: {leads} must approve your answer before it is published.",
    "undo": "Undo: for {time} after you send it, a mail with #cancel or a corrected text takes its place.",
}
"""What an agent must know to answer; each is a label, a colon and a sentence."""

WARNINGS = frozenset({"Rehearsal", "Deleted", "Edited", "Late", "Careful", "By hand"})
"""Labels of notes that must not be overlooked."""

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
RESPONSES = "Standard responses"
USE = "(#use NAME)"
"""They head the names."""
COMMANDS = (
    "Commands, above your answer and each on a line of its own: #private, #note, #close, #escalate NAME, #ignore, "
    "#spam, #use NAME, #split, #cancel."
)
