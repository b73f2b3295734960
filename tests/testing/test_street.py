"""The street finds the proxy of a customer's public post, and never that of the same customer's private message."""

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bridge.core.model import ConversationKey, Visibility
from bridge.testing.fakes.forum import Forum
from bridge.testing.street import Street, post_text


@dataclass
class Queue:
    """A mailbox that holds these mails."""

    held: list[bytes]

    def mails(self, _name: str) -> list[bytes]:
        return self.held


def proxy(talk: ConversationKey, text: str) -> bytes:
    mail = EmailMessage()
    mail["Reply-To"] = f"reply+a.{talk.id}.tag@acd.test"
    mail.set_content(text)
    return bytes(mail)


@pytest.mark.parametrize("private_first", [True, False], ids=["private first", "public first"])
def test_b03_a_private_proxy_that_lists_the_public_post_is_not_taken_for_it(private_first: bool) -> None:  # noqa: FBT001 - a parameter
    forum = Forum(journal=None, brand="acme")
    posts: Any = Queue([])
    street = Street(office=posts, forum=forum, log=Path("log"))
    street.write(7, "people", private="My mother is ill.")
    person = forum.board.member("jane7").id
    said = post_text(7, "people")
    public = ConversationKey(channel="forum", thread=f"t{street.posts[7]}", person=person, visibility=Visibility.PUBLIC)
    private = ConversationKey(channel="forum", thread=f"d{person}", person=person, visibility=Visibility.PRIVATE)
    mails = [proxy(private, f"My mother is ill.\nEarlier: {said}"), proxy(public, said)]
    posts.held = mails if private_first else mails[::-1]
    assert {number: bytes(mail) for number, mail in street.proxies().items()} == {7: mails[1]}
