"""The whole loop in chat: a post in, a conversation in the queue's room, and the agent's words under the post, by the real daemon."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from bridge.testing.chatter import Agent
from bridge.testing.fakes.forum import Forum
from bridge.testing.household import running, until
from bridge.testing.prosody import COMPONENT, DOMAIN, PACKAGES, PROGRAM, ROOMS, SECRET, Prosody, prosody
from bridge.testing.town import HELP_RULES

ROOM = f"queue@{ROOMS}"

CONFIGURATION = """
[bridge]
brand = "Acme"
reply_domain = "reply.test"
reply_keys = [{{ kid = "a", key = {{ credential = "reply-key" }} }}]
state = "{root}/state"

[channel.forum]
kind = "sandbox"
platform = "Forum"
endpoint = "{forum.url}"
account = "{forum.brand.id}"
token = {{ credential = "forum-token" }}
allow_private = true
interval = "500ms"
brand = ["acme"]

[inbox.chat]
kind = "xmpp"
domain = "{component}"
host = "127.0.0.1"
port = {port}
secret = {{ credential = "xmpp" }}
path = "{root}/chat"

[desk.support]
kind = "xmpp"
inbox = "chat"
domain = "{component}"
room = "{room}"
agents = ["ann@{domain}"]
live = true
undo = "0s"
i_accept_no_undo = true
"""


def configured(root: Path, server: Prosody, forum: Forum) -> Path:
    configuration = root / "config"
    (configuration / "credentials").mkdir(parents=True)
    (configuration / "rules.d").mkdir()
    for name, value in {"reply-key": "k" * 64, "forum-token": forum.token, "xmpp": SECRET}.items():
        (configuration / "credentials" / name).write_text(value)
        (configuration / "credentials" / name).chmod(0o600)
    (configuration / "rules.d" / "rules.toml").write_text(HELP_RULES)
    (configuration / "bridge.toml").write_text(
        CONFIGURATION.format(
            root=root, forum=forum, component=COMPONENT, port=server.component, room=ROOM, domain=DOMAIN
        )
    )
    return configuration


@asynccontextmanager
async def house(root: Path) -> AsyncIterator[tuple[Forum, Agent, Path]]:
    """A server, a forum, the daemon, and an agent in the queue's room."""
    with prosody("ann") as server:
        forum, ann = Forum(journal=None, brand="acme"), Agent(server, "ann")
        await forum.start()
        try:
            async with running(configured(root, server, forum)):
                log = root / "log"
                for state in ('"state": "well"', "xmpp_line_open"):
                    await until(lambda state=state: state in log.read_text(), "the daemon is not well", log=log)
                await ann.log_in()
                await ann.join(ROOM)
                yield forum, ann, log
        finally:
            await ann.log_out()
            await forum.stop()


async def test_a_post_is_answered_from_a_chat(
    tmp_path: Path, require: Callable[[Collection[str], Collection[str]], None]
) -> None:
    require([PROGRAM], PACKAGES)
    async with house(tmp_path) as (forum, ann, log):
        topic = forum.write("jane", "Please help, where is my parcel?", title="Parcel")
        code = await ann.until(lambda: next((t.partition(":")[0] for _, t in ann.room if "jane via Forum" in t), ""))
        ann.say_in(ROOM, f"!take {code}")
        window = await ann.until(lambda: ann.window(code))
        [words] = await ann.until(lambda: ann.words(window))
        assert words == "Parcel\nPlease help, where is my parcel?"
        sent = ann.say(window, "It leaves today.")
        await ann.until(lambda: sent in ann.receipts)
        await until(forum.said, "no answer reached the forum", log=log)
        ann.say(window, "#nonsense\nwhatever")
        await ann.until(lambda: [t for t in ann.windows[window].values() if "nonsense" in t])
        ann.say(window, "And it comes tomorrow.")
        await until(lambda: len(forum.said()) > 1, "no second answer reached the forum", log=log)

    first, second = forum.said()
    assert (first.topic, first.text, second.text) == (topic, "It leaves today.", "And it comes tomorrow.")
