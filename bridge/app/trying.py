"""One poll of one channel for a person to look at: nothing is stored, nothing is sent."""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel

from bridge.app import compose
from bridge.app.compose import WallClock
from bridge.app.labelling import labeller
from bridge.config import Loaded
from bridge.core.model import Account, Post, Verdict
from bridge.judges.rules import RulesJudge
from bridge.ports import Circumstances

TRIAL = timedelta(days=7)
"""How far back a trial poll looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A post and what the rules say of it."""

    post: Post
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the channel showed."""

    account: Account
    posts: tuple[Judged, ...]


async def tried(loaded: Loaded, name: str) -> Tried:
    """Log in and read what a channel shows now, as far as its first contact reaches back."""
    clock = WallClock()
    part = loaded.channels[name]
    fittings = compose.fittings(loaded, clock, instance="trial")
    channel = part.build(name, _reaching_back(part.settings), fittings)
    judge = RulesJudge(loaded.rules, labeller(loaded))
    try:
        account = await channel.open()
        page = await channel.poll(None)
    finally:
        await channel.close()
    seen = Circumstances(now=clock.now(), thread_open=False)
    posts = (sighting.post for sighting in page.sightings)
    return Tried(account=account, posts=tuple(Judged(post=post, verdict=judge.judge(post, seen)) for post in posts))


def _reaching_back(settings: BaseModel) -> BaseModel:
    """Settings for a look at what a channel shows: a first contact alone would show nothing (C18)."""
    if "backfill" not in type(settings).model_fields:
        return settings
    return settings.model_copy(update={"backfill": TRIAL})
