"""A desk whose reply addresses name customers: headers choose among what the address grants, and never grant (docs/proxy.md)."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from bridge.app.daemon import run_once
from bridge.config import Loaded, load
from bridge.core.effects import Publish
from bridge.store import dossiers, reports
from bridge.store.open import reading
from bridge.testing.fakes.forum import Forum
from bridge.testing.town import AGENT, Town, answer

RULES = """
[[route]]
name = "all"
desk = "support"
"""


@pytest.fixture
async def town(tmp_path: Path, forum: Forum) -> Town:
    place = Town(root=tmp_path)
    place.write(endpoint=forum.url, account=forum.brand.id, token=forum.token)
    file = place.configuration / "bridge.toml"
    file.write_text(file.read_text().replace('inbox = "replies"', 'inbox = "replies"\naddress_per = "person"'))
    place.rules(RULES)
    await once(place)
    return place


async def once(town: Town) -> None:
    found = load(town.configuration, town.configuration / "credentials")
    assert isinstance(found, Loaded), found
    await run_once(found)


async def test_one_customer_has_one_address_and_headers_choose(town: Town, forum: Forum) -> None:
    first = forum.write("jane", "Where is my parcel?", title="Parcel")
    second = forum.write("jane", "And my refund?", title="Refund")
    forum.write("bob", "Me too!", title="Bob")
    await once(town)
    mails = {mail["Subject"].rpartition(" ")[2]: mail for mail in town.mails()}
    assert mails["Parcel"]["Reply-To"] == mails["Refund"]["Reply-To"]
    assert mails["Parcel"]["Reply-To"] != mails["Bob"]["Reply-To"]

    town.deliver(answer(mails["Refund"], "Your refund is on its way.").as_bytes())
    town.deliver(answer(mails["Parcel"], "Your parcel is on its way.").as_bytes())
    await once(town)

    assert {said.text: said.topic for said in forum.said()} == {
        "Your refund is on its way.": second,
        "Your parcel is on its way.": first,
    }


async def test_an_answer_that_fits_more_than_one_is_held(town: Town, forum: Forum) -> None:
    forum.write("jane", "Where is my parcel?", title="Parcel")
    forum.write("jane", "And my refund?", title="Refund")
    await once(town)
    town.deliver(fresh(str(town.mails()[0]["Reply-To"])))
    await once(town)

    assert forum.said() == []
    assert held(town) == ["many_conversations"]


async def test_a_new_mail_to_a_customer_with_one_conversation_answers_it(town: Town, forum: Forum) -> None:
    forum.write("jane", "Where is my parcel?", title="Parcel")
    await once(town)
    town.deliver(fresh(str(town.mails()[0]["Reply-To"])))
    await once(town)

    assert [said.text for said in forum.said()] == ["It is on its way."]


async def test_what_was_said_in_private_has_an_address_of_its_own(town: Town, forum: Forum) -> None:
    """B03, law 9: an answer to the private address never chooses a public conversation."""
    forum.write("jane", "Where is my parcel?", title="Parcel")
    forum.write_private("jane", "My number is 4711.")
    await once(town)
    addresses = {str(mail["Reply-To"]) for mail in town.mails()}
    private = next(address for address in addresses if "<private+" in address)
    assert len(addresses) == 2

    town.deliver(fresh(private))
    await once(town)
    with reading(town.state / "bridge.db") as connection:
        lines = dossiers.conversations(connection, frozenset(dossiers.Phase), 9)
        rows = [row for line in lines if (kept := dossiers.conversation(connection, line.id)) for row in kept.rows]
    (publish,) = [row.effect for row in rows if isinstance(row.effect, Publish)]
    assert type(publish.publication).__name__ == "PrivateAnswer"


def fresh(address: str) -> bytes:
    """A mail of its own, without the headers of an answer."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = AGENT, address, "Your parcel", "<new@acme.test>"
    mail.set_content("It is on its way.")
    return mail.as_bytes()


def held(town: Town) -> list[str]:
    with reading(town.state / "bridge.db") as connection:
        return [item.reason for item in reports.held(connection, 9)]
