"""What the fake Graph API takes from us: comments, answers, messages, pictures; strict about what Meta refuses."""

import json
from collections.abc import Mapping

from aiohttp import web

from bridge.testing.fakes.board import Draft, Item, Member
from bridge.testing.fakes.graph_edges import standing
from bridge.testing.fakes.graph_marks import Mark
from bridge.testing.fakes.graph_refusals import refused
from bridge.testing.fakes.graph_shapes import Shape
from bridge.testing.fakes.graph_state import GraphState, conversation, number

MAX_COMMENT = 8_000
MAX_MESSAGE = 2_000
MAX_REMARK = 2_200


def say(state: GraphState, node: str, edge: str, *, words: Mapping[str, str], source: object) -> Shape:
    """Take what is posted to an edge."""
    match edge:
        case "photos" if node == state.page:
            return _photo(state, source, words)
        case "comments":
            return {"id": _comment(state, standing(state, node), words, longest=MAX_COMMENT)}
        case "likes":
            return _like(state, standing(state, node))
        case "replies":
            return {"id": _answer(state, standing(state, node), words)}
        case "mentions" if node == state.instagram:
            return {"id": _mention(state, words)}
        case "messages" if node == state.page:
            return _message(state, words)
        case _:
            raise refused(100, f"Unsupported post request ({edge})")


def change(state: GraphState, node: str, words: Mapping[str, str]) -> Shape:
    """Hide a post or comment of somebody else's, or show it again."""
    item = standing(state, node)
    name = "hide" if item.topic in state.marks.marked(Mark.MEDIA) else "is_hidden"
    if set(words) != {name} or words[name] not in {"true", "false"} or item.author.id == state.brand.id:
        raise refused(100, "Invalid parameter")
    hidden = words[name] == "true"
    state.marks.hide(item.id, hidden=hidden)
    return {"success": True}


def remove(state: GraphState, node: str) -> Shape:
    """Delete a post or comment."""
    state.board.delete(standing(state, node).id)
    return {"success": True}


def _like(state: GraphState, item: Item) -> Shape:
    """Like a post or comment; nothing on Instagram."""
    if item.topic in state.marks.marked(Mark.MEDIA):
        raise refused(100, "Unsupported post request (likes)")
    state.marks.like(item.id)
    return {"success": True}


def _photo(state: GraphState, source: object, words: Mapping[str, str]) -> Shape:
    """A picture that is not published by itself."""
    if not isinstance(source, web.FileField) or words.get("published") != "false":
        raise refused(100, "Requires an unpublished image")
    return {"id": state.marks.bring(source.file.read())}


def _comment(state: GraphState, above: Item, words: Mapping[str, str], *, longest: int) -> str:
    """An answer of the brand."""
    text, picture = words.get("message", ""), words.get("attachment_id", "")
    if not text or len(text) > longest or (picture and picture not in state.marks.photos):
        raise refused(100, "Invalid parameter")
    draft = Draft(author=state.brand.id, text=text, topic=above.topic, parent=above.id, media=picture)
    return state.key(state.board.write(draft))


def _answer(state: GraphState, above: Item, words: Mapping[str, str]) -> str:
    """On Instagram first comments alone take answers."""
    if above.id == above.topic or state.top(above) is not None:
        raise refused(100, "Invalid parameter: only top-level comments can be replied to")
    return _comment(state, above, words, longest=MAX_REMARK)


def _mention(state: GraphState, words: Mapping[str, str]) -> str:
    """An answer to somebody's picture whose caption names us, or to a comment below one that does."""
    medium = standing(state, words.get("media_id", ""))
    above = standing(state, words["comment_id"]) if "comment_id" in words else medium
    if above.topic != medium.id or f"@{state.brand.name}".lower() not in above.text.lower():
        raise refused(100, "The media does not mention the account")
    return _comment(state, above, words, longest=MAX_REMARK)


def _message(state: GraphState, words: Mapping[str, str]) -> Shape:
    """A private reply, or a message in a standing conversation."""
    recipient, message = json.loads(words["recipient"]), json.loads(words["message"])
    text = message.get("text", "")
    if set(message) != {"text"} or not text or len(text) > MAX_MESSAGE:
        raise refused(100, "Length of param message[text] must be less than or equal to 2000")
    person = _partner(state, recipient["id"], words) if "id" in recipient else _reader(state, recipient)
    if number(person) in state.unreachable:
        raise refused(551, "This person isn't available right now.")
    sent = state.board.write(Draft(author=state.brand.id, text=text, to=person.id))
    return {"recipient_id": number(person), "message_id": state.key(sent)}


def _reader(state: GraphState, recipient: Mapping[str, str]) -> Member:
    """The writer of a public post, who can be written to once."""
    [(kind, node)] = recipient.items()
    item = standing(state, node)
    if kind != ("post_id" if item.id == item.topic else "comment_id"):
        raise refused(100, "Invalid parameter: recipient")
    if item.id in state.marks.replied:
        raise refused(10_900, "Activity already replied to")
    if (state.now() - item.at).days >= 7:
        raise refused(10, "This message is sent outside of allowed window.", sub=2_018_278)
    if item.topic in state.marks.marked(Mark.MEDIA):
        state.marks.meet(item.author.id)
    state.marks.reply(item.id, conversation(item.author))
    return item.author


def _partner(state: GraphState, node: str, words: Mapping[str, str]) -> Member:
    """Someone who wrote to us, not too long ago."""
    theirs = [item for item in state.talks().get(f"t_{node}", []) if item.author.id != state.brand.id]
    person = state.member(str(node))
    if not theirs or person is None:
        raise refused(100, "No matching user found", sub=2_018_001)
    hours = (state.now() - theirs[-1].at).total_seconds() / 3600
    tagged = words.get("messaging_type") == "MESSAGE_TAG" and words.get("tag") == "HUMAN_AGENT"
    if tagged and not state.approved_human_agent:
        raise refused(10, "The Human Agent tag needs approval", sub=2_018_278)
    if hours >= (168 if tagged else 24):
        raise refused(10, "This message is sent outside of allowed window.", sub=2_018_278)
    if not tagged and words.get("messaging_type") != "RESPONSE":
        raise refused(100, "Invalid parameter: messaging_type")
    return person
