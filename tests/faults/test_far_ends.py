"""FT04: mail server, mailbox and platform are killed in turn under the running daemon, and come back a moment later."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from faults.life import Life, life
from yarl import URL

from bridge.testing.postoffice import PostOffice

pytestmark = [pytest.mark.xdist_group("post office"), pytest.mark.timeout(7200)]

ROUNDS = {"ci": 9, "release": 200}[os.environ.get("BRIDGE_FAULTS", "ci")]
GONE = 1.0
"""Seconds until the killed one is started again."""


async def test_far_ends_that_die_and_come_back_cost_and_double_nothing(post_office: PostOffice, tmp_path: Path) -> None:
    async with life(post_office, tmp_path, first=1) as one:
        await one.start_again()
        await one.until(lambda: one.is_met)
        deaths = (postfix(post_office), dovecot(post_office), platform(one))
        for number in range(ROUNDS):
            one.write()
            await asyncio.to_thread(one.answer_all)
            await deaths[number % len(deaths)]()
        await one.until(one.step)
        finding = one.finding()
        print(f"{ROUNDS} deaths, {len(one.posts)} posts, {finding.repeated} came again")  # noqa: T201 - the figures of a run
        assert one.ends == []
        assert one.held() == []
        assert await one.node.stop() == 0
        assert one.broken() == ()


def postfix(office: PostOffice) -> Callable[[], Awaitable[None]]:
    async def die() -> None:
        await asyncio.to_thread(office.kill_postfix)
        await asyncio.sleep(GONE)
        await asyncio.to_thread(office.start_postfix)

    return die


def dovecot(office: PostOffice) -> Callable[[], Awaitable[None]]:
    async def die() -> None:
        await asyncio.to_thread(office.stop_dovecot, kill=True)
        await asyncio.sleep(GONE)
        await asyncio.to_thread(office.start_dovecot)

    return die


def platform(one: Life) -> Callable[[], Awaitable[None]]:
    async def die() -> None:
        port = URL(one.forum.url).port
        await one.forum.stop()
        await asyncio.sleep(GONE)
        await one.forum.start(port or 0)

    return die
