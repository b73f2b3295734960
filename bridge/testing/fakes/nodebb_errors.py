"""NodeBB's errors as it words them: by status, in the language that was asked for."""

import msgspec
from aiohttp import web

ENGLISH = {
    "no-privileges": "You do not have enough privileges for this action.",
    "no-topic": "Topic does not exist",
    "no-post": "Post does not exist",
    "no-user": "User does not exist",
    "no-chat-room": "Chat room does not exist",
    "invalid-mid": "Invalid Chat Message ID",
    "invalid-data": "Invalid Data",
    "topic-locked": "Topic Locked",
    "content-too-short": "Please enter a longer post. Posts should contain at least %1 character(s).",
    "content-too-long": "Please enter a shorter post. Posts can't be longer than %1 character(s).",
    "too-many-posts": "You can only post once every %1 second(s) - please wait before posting again",
    "too-many-posts-newbie": "As a new user, you can only post once every %1 second(s) until you have earned %2 reputation - please wait before posting again",
    "user-too-new": "Sorry, you are required to wait %1 second(s) before making your first post",
    "user-muted-for-hours": "You have been muted, you will be able to post in %1 hour(s)",
    "user-muted-for-minutes": "You have been muted, you will be able to post in %1 minute(s)",
    "already-posting": "You are already posting",
    "user-banned": "User banned",
    "user-banned-reason": "Sorry, this account has been banned (Reason: %1)",
    "blacklisted-ip": "Sorry, your IP address has been banned from this community. If you feel this is in error, please contact an administrator.",
    "email-not-confirmed": "Posting in some categories or topics is enabled once your email is confirmed, please click here to send a confirmation email.",
    "not-enough-reputation-to-post-links": "You need %1 reputation to post links",
    "category-disabled": "Category disabled",
    "post-already-deleted": "This post has already been deleted",
    "post-delete-duration-expired": "You are only allowed to delete posts for %1 second(s) after posting",
    "cant-delete-topic-has-replies": "You can't delete your topic after it has %1 replies",
    "chat-restricted": "This user has restricted their chat messages. They must follow you before you can chat with them",
    "chat-disabled": "Chat system disabled",
    "not-enough-reputation-to-chat": "You need %1 reputation to chat",
    "too-many-messages": "You have sent too many messages, please wait awhile.",
    "invalid-chat-message": "Invalid chat message",
    "chat-message-too-long": "Chat messages can not be longer than %1 characters.",
    "not-in-room": "User not in room",
}

_FOREIGN = "Das geht gerade nicht (%1)."
"""Any other language, which nobody is expected to understand."""

_STATUSES = {"no-privileges": 403, "user-banned": 403, "no-topic": 404, "no-post": 404, "no-chat-room": 404}
_CODES = {400: "bad-request", 401: "not-authorised", 403: "forbidden", 404: "not-found", 500: "internal-server-error"}


def sentence(key: str, *numbers: object, language: str = "en-GB") -> str:
    """What stands for a key, with its numbers."""
    text = ENGLISH[key] if language == "en-GB" else _FOREIGN
    for place, number in enumerate(numbers, start=1):
        text = text.replace(f"%{place}", str(number))
    return text


def body(status: int, message: str) -> bytes:
    """How the write API wraps an error."""
    return msgspec.json.encode({"status": {"code": _CODES[status], "message": message}, "response": {}})


def refused(request: web.Request, key: str, *numbers: object) -> web.HTTPException:
    """The error of a key, as the answer to a request; its own text has nothing but what NodeBB shows."""
    status = _STATUSES.get(key, 400)
    message = sentence(key, *numbers, language=request.query.get("lang", "de"))
    kinds: dict[int, type[web.HTTPException]] = {
        400: web.HTTPBadRequest,
        403: web.HTTPForbidden,
        404: web.HTTPNotFound,
    }
    return kinds[status](text=body(status, message).decode(), content_type="application/json")
