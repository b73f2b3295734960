"""What people say in the demo, and at which pace."""

import asyncio
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from bridge.testing.fakes.forum import Forum

PAUSE = 6.0
"""Seconds between two posts of the feed."""

FIRST = 2.0
"""Seconds until its first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A topic that a customer opens."""

    author: str
    title: str
    text: str


def samples(board: str) -> Sequence[Sample]:
    """The samples of one board, in their order."""
    text = resources.files(__package__).joinpath("samples.toml").read_text(encoding="utf-8")
    return [Sample(**sample) for sample in tomllib.loads(text)[board]]


def fill(forum: Forum) -> None:
    """Write the topics that stand there from the start, on a new forum only."""
    if forum.board.top() == 0:
        for sample in samples("forum"):
            forum.write(sample.author, sample.text, title=sample.title)


async def drip(talk: Forum) -> None:
    """Write the others one by one; a second start in the same place goes on where the first one ended."""
    written = {(item.author.name, item.title) for item in talk.board.topics()}
    waiting = [sample for sample in samples("talk") if (sample.author, sample.title) not in written]
    await asyncio.sleep(FIRST)
    for sample in waiting:
        talk.write(sample.author, sample.text, title=sample.title)
        await asyncio.sleep(PAUSE)
