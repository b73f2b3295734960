"""Notices on the floor: into the conversation's window where it has one, else from the queue itself."""

from bridge.access.chat.brought import Word
from bridge.access.xmpp import words
from bridge.access.xmpp.chats import Chat, Stage, Turn, Voice
from bridge.access.xmpp.floor import Floor, short_id
from bridge.access.xmpp.queues import Queue
from bridge.access.xmpp.stanzas import Say


def told(floor: Floor, word: Word) -> None:
    """A desk brings a notice; one for the ticket is told once, however often it is brought."""
    known = (c for c in floor.chats.values() if (c.conversation, c.desk) == (word.conversation, word.desk))
    chat, queue = next(known, None), floor.queues.get(word.desk)
    if word.audience == "ticket" and chat:
        _into(floor, chat, word)
    elif queue:
        _from_the_queue(floor, queue, chat, word)


def _into(floor: Floor, chat: Chat, word: Word) -> None:
    """Whoever has the conversation sees it now, and whoever gets it later reads it in what was said before."""
    turn = Turn(id=short_id(word.key), voice=Voice.BRIDGE, text=word.text, at=word.at)
    if chat.turn(turn.id):
        return
    chat = floor.put(chat.with_turn(turn))
    if chat.stage is Stage.TAKEN:
        floor.pass_on(chat)


def _from_the_queue(floor: Floor, queue: Queue, chat: Chat | None, word: Word) -> None:
    """To the person whom it is for; what operators must know stands in the queue's room too."""
    to = word.to or next(iter(queue.agents), "")
    text = words.ours(word.text)
    if to:
        sender, name = (floor.address(chat), chat.name) if chat else (queue.address, "")
        floor.say(Say(sender=sender, to=to, id=short_id(word.key), text=text, name=name))
    if word.audience == "operator" and queue.room:
        floor.say_in_room(queue, text, short_id(f"{word.key} room"))
