"""Nobody but the agents speaks as the brand, and they say nothing but their answers: the threats as mails through real servers (FT23)."""

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bridge.core.phrases import TICKET
from bridge.testing.household import Plan, household, until
from bridge.testing.mailing import WORDS, raw
from bridge.testing.postoffice import PostOffice
from bridge.testing.street import ANN, BOB, DOMAIN, GONE, SYSTEM, Ground, Street, decided, send, settled, smuggle
from bridge.testing.threats_at_work import SMUGGLING_ENDS, STOLEN, THREATS, repeats

pytestmark = [pytest.mark.xdist_group("post office"), pytest.mark.timeout(300)]

RULES = """
[[rule]]
name = "help"
when = { any_word = ["help"] }
points = 3
""" + "".join(
    f'\n[[route]]\nname = "{desk}"\nwhen = {{ min_points = 3, any_word = ["{desk}"] }}\ndesk = "{desk}"\n'
    for desk in ("people", "system", "closed", "stale")
)

AGENTS = f"""
agents = ["{ANN}", "{BOB}", {{ mailbox = "{GONE}", until = 2026-01-01 }}]
authserv_id = "mx.{DOMAIN}"
min_typing = "0s"
confidential = ["Nightingale"]
"""
DESKS = {
    "people": AGENTS,
    "closed": f'{AGENTS}expires = "1ms"\n',
    "stale": f'{AGENTS}publish_by = "1ms"\n',
    "system": f"""
way = "system"
system_senders = ["{SYSTEM}"]
authserv_id = "mx.{DOMAIN}"
acknowledgements = ["has been received", "wurde geschlossen", "rate our service"]
min_typing = "0s"
""",
}


async def test_no_threat_speaks_and_genuine_answers_do(post_office: PostOffice, tmp_path: Path) -> None:
    for name in ("queue", "reply", "agent1", "agent2", "customer"):
        post_office.wipe(name)
    async with household(post_office, tmp_path, Plan(rules=RULES, desks=DESKS, tls="implicit")) as (forum, log):
        street = Street(office=post_office, forum=forum, log=log)
        grounds = await opened(street)
        threatened, (again, *others, last) = grounds[: len(THREATS)], grounds[len(THREATS) :]
        stolen, smuggled = others[: len(STOLEN)], others[len(STOLEN) :]

        await changed(street, threatened)
        await asyncio.to_thread(attack, street, threatened)
        await asyncio.to_thread(repeat, street, again)
        await asyncio.to_thread(smuggled_in, street, smuggled)
        await asyncio.to_thread(revoke, tmp_path / "config", BOB)
        await asyncio.to_thread(speak_as_the_revoked, street, stolen)
        await until(lambda: settled(post_office), "mails were not settled", log=log)

        await asyncio.to_thread(send, post_office, [last.translated(raw())], login="agent2")
        await until(lambda: street.said(last), "the genuine answer was not published", log=log)

    allowed = [(ground.post, each.says) for ground, each in zip(threatened, THREATS, strict=True) if each.says]
    allowed += [(again.post, WORDS), (last.post, WORDS)]
    assert sorted((item.topic, item.text) for item in forum.said()) == sorted(allowed)
    assert not any(item.media for item in forum.said())
    reasons = decided(log)
    assert reasons[again.conversation] == Counter({"answer": 1, "replay": 4})
    assert {reason for ground in stolen for reason in reasons[ground.conversation]} == {"sender_not_allowed"}
    assert {reason for ground in smuggled for reason in reasons[ground.conversation]} == {"sender_unproven"}
    assert unexpected(threatened, reasons, lost=Counter({"no_token": len(smuggled)})) == []


async def opened(street: Street) -> list[Ground]:
    """A post and its proxy for each threat, for the stolen mailbox, the smugglers and two genuine answers."""
    for number, each in enumerate(THREATS):
        street.write(number, each.desk, private=each.private)
    for number in range(len(THREATS), len(THREATS) + len(STOLEN) + len(SMUGGLING_ENDS) + 2):
        street.write(number, "people", private="")
    return await street.grounds()


async def changed(street: Street, grounds: list[Ground]) -> None:
    """What customers do to their posts, until the queue has heard of all of it."""
    changes = [(each.change, ground.post) for each, ground in zip(THREATS, grounds, strict=True) if each.change]
    for change, post in changes:
        change(street.forum, post)
    await until(lambda: told(street.office) == len(changes), "changes were not told", log=street.log)


def told(office: PostOffice) -> int:
    """How many mails tell the queue that a post changed or went."""
    return sum(TICKET[name].encode() in mail for mail in office.mails("queue") for name in ("edited", "deleted"))


def attack(street: Street, grounds: list[Ground]) -> None:
    """Every threat's mail, through the door that its sender has."""
    for login in sorted({each.login for each in THREATS}):
        mails = [g.translated(each.octets) for each, g in zip(THREATS, grounds, strict=True) if each.login == login]
        send(street.office, mails, login=login)


def repeat(street: Street, ground: Ground) -> None:
    """One genuine answer, and the same again in every way (A07)."""
    genuine = ground.translated(raw())
    again = repeats(genuine, f"<answer{ground.number}@".encode())
    send(street.office, [genuine, *again], login="agent2")


def smuggled_in(street: Street, grounds: list[Ground]) -> None:
    """A second mail in the text of a first one (A16)."""
    for ground, end in zip(grounds, SMUGGLING_ENDS, strict=True):
        outer = ground.translated(raw(to="reply@acme.test", quote=False))
        smuggle(street.office, outer, ground.translated(raw()), end=end)


def revoke(configuration: Path, mailbox: str) -> None:
    """As an operator does whose agent's mailbox was stolen (A06)."""
    bridge = str(Path(sys.executable).with_name("bridge"))
    command = [bridge, "agent", "revoke", mailbox, "--config", str(configuration)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)


def speak_as_the_revoked(street: Street, grounds: list[Ground]) -> None:
    """At once afterwards, with a right login (A06)."""
    pairs = zip(grounds, STOLEN, strict=True)
    mails = [ground.translated(raw(text, from_=f"Bob <{BOB}>")) for ground, text in pairs]
    send(street.office, mails, login="agent1")


def unexpected(grounds: list[Ground], reasons: dict[str, Counter[str]], *, lost: Counter[str]) -> list[object]:
    """Threats that were stopped by another gate than theirs, or not seen; those without a conversation are counted together."""
    found: list[object] = []
    for each, ground in zip(THREATS, grounds, strict=True):
        said = set(reasons.get(ground.conversation, ()))
        if said and not said <= each.reasons:
            found.append((ground.number, each.id, said))
        elif not said:
            (reason,) = each.reasons
            lost[reason] += 1
    return found if reasons.get("") == lost else [*found, reasons.get(""), lost]
