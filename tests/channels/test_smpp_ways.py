"""What an SMSC and the way to it can do to a channel, over real sockets."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from channels_smpp import ANN, BOB, OURS, SOON, answer, opened, settings, smsc

from bridge.channels import smpp
from bridge.channels._smpp import ledger as rooms
from bridge.channels._smpp import link as ways
from bridge.channels._smpp.link import AGAIN, pause_after
from bridge.channels._smpp.reading import HOPE
from bridge.core.events import Page
from bridge.core.model import Post
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, started
from bridge.testing.fakes import smsc_wire
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.smsc import Smsc
from bridge.testing.fakes.smsc_tray import TRY_LATER
from bridge.testing.fittings import HastyClock, MovableClock
from bridge.testing.fittings import fittings as make_fittings
from bridge.testing.tls import Authority

LONG = "A long answer that needs several parts. " * 10


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[Smsc]:
    async with smsc(clock) as server:
        yield server


@pytest.fixture
def hasty() -> Fittings:
    """With a clock whose pauses take no time."""
    return make_fittings(HastyClock())


@pytest.fixture
async def channel(server: Smsc, tmp_path: Path, fittings: Fittings) -> AsyncIterator[smpp.Smpp]:
    async with opened(server, tmp_path / "texts", fittings) as channel:
        yield channel


async def text(server: Smsc, channel: smpp.Smpp) -> Post:
    """A customer's text."""
    cursor = await started(channel)
    server.text(ANN, "Please help")
    return (await gather(channel, cursor)).having("Please help")


async def until(condition) -> None:
    """Let others work until it holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it happens at the SMSC, which raises no events here
            await asyncio.sleep(0.005)


async def test_a_text_is_on_the_disk_before_the_smsc_hears_of_it(
    server: Smsc, channel: smpp.Smpp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await started(channel)
    seen: list[tuple[int, int]] = []
    written = rooms._append

    def watched(path: Path, content: bytes) -> None:
        seen.append((len(server.tray.statuses), path.read_bytes().count(b'"came"')))
        written(path, content)

    monkeypatch.setattr(rooms, "_append", watched)
    server.text(ANN, "kept first")
    await until(lambda: server.tray.statuses)

    assert seen == [(0, 0)]
    assert (tmp_path / "texts").read_bytes().count(b'"came"') == 1
    assert server.tray.statuses == [0]


async def test_a_crash_before_the_acknowledgement_brings_a_text_once(
    server: Smsc, channel: smpp.Smpp, tmp_path: Path, fittings: Fittings
) -> None:
    """The first process kept it and died; the SMSC brings it again, and a second one just like it is another text."""
    cursor = await started(channel)
    [one] = server.text(ANN, "yes")
    await until(lambda: server.tray.statuses)
    server.hang_up()
    await until(lambda: not server.is_bound)
    await channel.close()
    server.deliver(one)
    async with opened(server, tmp_path / "texts", fittings) as later:
        once = await gather(later, cursor)
        server.deliver(one)
        assert (once.texts, (await gather(later, once.cursor)).texts) == (["yes"], ["yes"])


async def test_a_text_comes_once_too_where_a_doubt_is_looked_at_before_the_first_poll(
    server: Smsc, channel: smpp.Smpp, tmp_path: Path, fittings: Fittings
) -> None:
    """After a crash the courier looks at what it left in doubt, perhaps before anybody polls."""
    post = await text(server, channel)
    cursor = await started(channel)
    [one] = server.text(ANN, "yes")
    await until(lambda: len(server.tray.statuses) == 2)
    server.hang_up()
    await until(lambda: not server.is_bound)
    await channel.close()
    server.deliver(one)
    later = smpp.build("sms", settings(server, tmp_path / "texts"), fittings)
    with pytest.raises(UncertainProblem):
        await later.find(answer(post, "Hello"))
    found = await gather(later, cursor)
    await later.close()

    assert found.texts.count("yes") == 1


async def test_the_same_words_after_an_orderly_restart_are_another_text(
    server: Smsc, channel: smpp.Smpp, tmp_path: Path, fittings: Fittings
) -> None:
    cursor = await started(channel)
    [one] = server.text(ANN, "yes")
    await until(lambda: server.tray.statuses)
    await channel.close()
    server.deliver(one)
    async with opened(server, tmp_path / "texts", fittings) as later:
        assert (await gather(later, cursor)).texts == ["yes", "yes"]


async def test_an_acknowledgement_that_got_lost_is_noticed_on_the_next_line(
    server: Smsc, channel: smpp.Smpp, clock: MovableClock
) -> None:
    cursor = await started(channel)
    [one] = server.text(ANN, "yes")
    await until(lambda: server.tray.statuses)
    server.hang_up()
    server.deliver(one)
    await until(lambda: not server.is_bound)
    clock.advance(SOON)
    once = await gather(channel, cursor)
    server.deliver(one)
    assert (once.texts, (await gather(channel, once.cursor)).texts) == (["yes"], ["yes"])


async def test_what_somebody_sent_since_ends_the_doubt(server: Smsc, channel: smpp.Smpp, clock: MovableClock) -> None:
    """The SMSC had read our acknowledgement, which nobody knew: the same words after others are another text."""
    cursor = await started(channel)
    [yes] = server.text(ANN, "yes")
    await until(lambda: server.tray.statuses)
    server.hang_up()
    await until(lambda: not server.is_bound)
    server.text(ANN, "what now?")
    server.deliver(yes)
    server.text(BOB, "hello")
    clock.advance(SOON)

    assert (await gather(channel, cursor)).texts == ["yes", "what now?", "yes", "hello"]


async def test_the_same_words_later_are_another_text(server: Smsc, channel: smpp.Smpp, clock: MovableClock) -> None:
    cursor = await started(channel)
    [one] = server.text(ANN, "yes")
    await until(lambda: server.tray.statuses)
    server.hang_up()
    await until(lambda: not server.is_bound)
    clock.advance(SOON)
    once = await gather(channel, cursor)
    clock.advance(AGAIN)
    server.deliver(one)

    assert (once.texts, (await gather(channel, once.cursor)).texts) == (["yes"], ["yes"])


async def test_a_disk_that_refuses_leaves_texts_at_the_smsc(
    server: Smsc, channel: smpp.Smpp, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = await started(channel)

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(rooms, "_append", full)
        server.text(ANN, "not yet")
        page = await channel.poll(cursor)
        assert page.sightings == ()
        assert [trouble.reason for trouble in page.troubles] == ["what comes cannot be kept: no space left on device"]
        await until(lambda: server.tray.statuses)
        assert set(server.tray.statuses) == {TRY_LATER}
    gathered = await gather(channel, cursor)
    assert gathered.texts == ["not yet"]
    assert [page.recovered for page in gathered.pages if page.recovered] == [("keeping",)]


async def test_what_is_no_text_is_refused_and_kept_raw(server: Smsc, channel: smpp.Smpp) -> None:
    cursor = await started(channel)
    common = {"source": (1, 1, ANN[1:]), "target": (1, 1, server.number)}
    server.deliver(smsc_wire.Message(body=b"\x01\x02", coding=4, **common))
    server.deliver(smsc_wire.Message(body=b"\x99ab", esm_class=0x40, **common))
    server.deliver(smsc_wire.Message(body=b"nothing", esm_class=0x04, **common))
    assert (await gather(channel, cursor)).posts == []

    kept = channel.unreadable()
    assert server.tray.statuses == [0x65] * 3
    for item, octets in zip(kept, (b"\x01\x02", b"\x99ab", b"nothing"), strict=True):
        assert item.raw.endswith(octets)
    assert channel.unreadable() == ()


async def test_c20_a_text_that_breaks_the_program_keeps_no_other_from_coming(
    server: Smsc, channel: smpp.Smpp, shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = await started(channel)

    def broken(_short: object) -> None:
        raise RuntimeError("with private words in it")

    with monkeypatch.context() as breaking:
        breaking.setattr(ways, "carried", broken)
        server.text(ANN, "poison")
        await until(lambda: server.tray.statuses)
    server.text(ANN, "fine")

    assert (await gather(channel, cursor)).texts == ["fine"]
    assert server.tray.statuses == [0x65, 0]
    assert [item.reason for item in channel.unreadable()] == ["the program itself failed at it: RuntimeError"]
    assert "smpp_delivery_failed" in shown()
    assert "private words" not in shown()


async def test_a_name_instead_of_a_number_cannot_be_answered(server: Smsc, channel: smpp.Smpp) -> None:
    cursor = await started(channel)
    server.deliver(smsc_wire.Message(source=(5, 0, "Acme Bank"), target=(1, 1, server.number), body=b"Hello"))
    [post] = (await gather(channel, cursor)).posts

    assert (post.author.id, post.answers) == ("Acme Bank", frozenset())
    with pytest.raises(PermanentProblem, match="from a name"):
        await channel.publish(answer(post, "Hello"))


async def test_missing_parts_are_waited_for_then_shown_as_a_gap_and_then_as_an_edit(
    server: Smsc, channel: smpp.Smpp, clock: MovableClock
) -> None:
    cursor = await started(channel)
    first, second, third = server.text(ANN, LONG)[:3]
    parts = server.text(BOB, "In one piece")
    assert len(parts) == 1
    gathered = await gather(channel, cursor)
    assert LONG in gathered.texts  # all three came

    page = await channel.poll(gathered.cursor)
    number = bytes((5, 0, 3, 99, 3))
    for one, place in ((third, 3), (first, 1)):
        server.deliver(_renumbered(one, number, place))
    waiting = await gather(channel, page.cursor)
    assert waiting.posts == []
    clock.advance(timedelta(minutes=11))
    gap = await gather(channel, waiting.cursor)
    [post] = gap.posts
    assert "[…]" in post.text
    again = await gather(channel, gap.cursor)
    assert again.posts == []

    server.deliver(_renumbered(second, number, 2))
    [whole] = (await gather(channel, again.cursor)).posts
    assert (whole.id, whole.text) == (post.id, LONG)


def _renumbered(one: smsc_wire.Message, head: bytes, place: int) -> smsc_wire.Message:
    return smsc_wire.Message(
        source=one.source, target=one.target, body=head + bytes((place,)) + one.body[6:], esm_class=0x40
    )


async def test_parts_survive_a_restart(server: Smsc, channel: smpp.Smpp, tmp_path: Path, fittings: Fittings) -> None:
    cursor = await started(channel)
    common = {"source": (1, 1, ANN[1:]), "target": (1, 1, server.number), "esm_class": 0x40}
    server.deliver(smsc_wire.Message(body=b"\x05\x00\x03\x01\x02\x02 two", **common))
    waiting = await gather(channel, cursor)
    await channel.close()
    async with opened(server, tmp_path / "texts", fittings) as later:
        server.deliver(smsc_wire.Message(body=b"\x05\x00\x03\x01\x02\x01one", **common))
        assert (await gather(later, waiting.cursor)).texts == ["one two"]


async def test_texts_without_a_sender_are_nobody_s_but_never_one_person_s(server: Smsc, channel: smpp.Smpp) -> None:
    cursor = await started(channel)
    for words in (b"one", b"two"):
        server.deliver(smsc_wire.Message(source=(0, 0, ""), target=(1, 1, server.number), body=words))
    one, two = (await gather(channel, cursor)).posts

    assert one.author.id != two.author.id
    assert (one.author.name, one.answers, two.answers) == ("unknown sender", frozenset(), frozenset())
    assert one.conversation != two.conversation


@pytest.mark.parametrize("form", ["text", "tlv", "both"])
@pytest.mark.parametrize("state", ["UNDELIV", "EXPIRED", "REJECTD", "DELETED", "UNKNOWN"])
async def test_an_answer_that_did_not_arrive_is_told_by_either_form(
    server: Smsc, channel: smpp.Smpp, clock: MovableClock, form: str, state: str
) -> None:
    post = await text(server, channel)
    posted = await channel.publish(answer(post, LONG))
    cursor = await started(channel)
    server.receipt(server.taken[1], state, form=form, error=42)
    server.receipt(server.taken[2], state, form=form, error=42)
    assert _told(await gather(channel, cursor)) == []  # the store may not know the id yet
    clock.advance(timedelta(minutes=1))
    page = await channel.poll(cursor)

    [lost] = page.undelivered
    assert lost.id == posted.id
    assert lost.why.endswith("(code 42)")
    assert (await channel.poll(page.cursor)).undelivered == ()


def _told(gathered) -> list[str]:
    return [lost.id for page in gathered.pages for lost in page.undelivered]


@pytest.mark.parametrize("state", ["DELIVRD", "ACCEPTD", "ENROUTE"])
async def test_what_arrived_or_is_on_its_way_is_told_nobody(
    server: Smsc, channel: smpp.Smpp, clock: MovableClock, state: str
) -> None:
    await channel.publish(answer(await text(server, channel), "Hello"))
    cursor = await started(channel)
    server.receipt(server.taken[0], state, form="text")
    clock.advance(timedelta(minutes=1))

    assert _told(await gather(channel, cursor)) == []


async def test_an_id_in_other_digits_counts_where_the_phone_is_the_same(
    server: Smsc, channel: smpp.Smpp, clock: MovableClock
) -> None:
    post = await text(server, channel)
    posted = await channel.publish(answer(post, "Hello"))
    cursor = await started(channel)
    decimal = str(int(server.taken[0].id, 16))
    server.receipt(server.taken[0], "UNDELIV", form="text", name=decimal)
    other = smsc_wire.Message(source=(1, 1, BOB[1:]), target=(1, 1, server.number), body=b"")
    server.deliver(
        smsc_wire.Message(
            source=other.source,
            target=other.target,
            body=f"id:{decimal} stat:UNDELIV err:001".encode(),
            esm_class=0x04,
        )
    )
    clock.advance(timedelta(minutes=1))

    assert _told(await gather(channel, cursor)) == [posted.id]


async def test_a_receipt_may_come_before_the_response(server: Smsc, channel: smpp.Smpp, clock: MovableClock) -> None:
    """Networks are quicker than SMSCs: the receipt waits for the id that it names."""
    post = await text(server, channel)
    server.fail(Mode.ACCEPT_THEN_HANG, times=1)
    saying = asyncio.create_task(channel.publish(answer(post, "Hello")))
    await until(lambda: server.taken)
    cursor = await started(channel)
    server.receipt(server.taken[0], "UNDELIV", form="tlv")
    early = await gather(channel, cursor)
    server.heal()
    posted = await saying
    clock.advance(timedelta(minutes=1))

    assert _told(early) == []
    assert _told(await gather(channel, early.cursor)) == [posted.id]


async def test_a_receipt_of_nobody_s_answer_is_given_up(
    server: Smsc, channel: smpp.Smpp, clock: MovableClock, shown
) -> None:
    await channel.publish(answer(await text(server, channel), "Hello"))
    cursor = await started(channel)
    server.receipt(server.taken[0], "UNDELIV", form="text", name="ffffff")
    cursor = (await gather(channel, cursor)).cursor
    clock.advance(HOPE + timedelta(minutes=1))

    assert _told(await gather(channel, cursor)) == []
    assert "smpp_receipts_unmatched" in shown()


@pytest.mark.parametrize("way", ["udh", "sar", "payload"])
async def test_a_long_answer_goes_in_the_way_that_the_smsc_wants(
    server: Smsc, tmp_path: Path, fittings: Fittings, way: str
) -> None:
    async with opened(server, tmp_path / "texts", fittings, long_texts=way) as channel:
        await channel.publish(answer(await text(server, channel), LONG))

    assert (server.said(), server.broken) == ([LONG], [])
    assert len(server.taken) == (1 if way == "payload" else 3)
    assert {taken.message.source[2] for taken in server.taken} == {OURS[1:]}
    assert all(taken.message.registered == 1 for taken in server.taken)


async def test_receipts_are_not_asked_for_where_nobody_wants_them(
    server: Smsc, tmp_path: Path, fittings: Fittings
) -> None:
    async with opened(server, tmp_path / "texts", fittings, receipts=False) as channel:
        await channel.publish(answer(await text(server, channel), "Hello"))

    assert [taken.message.registered for taken in server.taken] == [0]


async def test_throttling_is_obeyed_and_grows(server: Smsc, channel: smpp.Smpp, clock: MovableClock) -> None:
    post = await text(server, channel)
    for expected in (1.0, 2.0, 4.0):
        server.statuses.append(0x58)
        with pytest.raises(TemporaryProblem) as caught:
            await channel.publish(answer(post, "Hello"))
        assert caught.value.after == expected
        with pytest.raises(TemporaryProblem) as still:
            await channel.publish(answer(post, "Hello"))
        assert 0 < still.value.after <= expected
        clock.advance(timedelta(seconds=expected))
    assert not server.taken
    await channel.publish(answer(post, "Hello"))
    assert server.said() == ["Hello"]


async def test_a_throttled_part_waits_in_its_place(server: Smsc, tmp_path: Path, hasty: Fittings) -> None:
    async with opened(server, tmp_path / "texts", hasty) as channel:
        post = await text(server, channel)
        server.refuse_after(1, 0x58, 0x14)
        posted = await channel.publish(answer(post, LONG))
        assert server.said() == [LONG]
        found = await channel.find(answer(post, LONG))
        assert found == posted


async def test_half_an_answer_is_in_doubt_and_stays_so(server: Smsc, channel: smpp.Smpp) -> None:
    post = await text(server, channel)
    server.refuse_after(1, 0x0B)
    with pytest.raises(UncertainProblem, match="only 1 of 3"):
        await channel.publish(answer(post, LONG))
    with pytest.raises(UncertainProblem):
        await channel.find(answer(post, LONG))


async def test_c01_a_late_word_counts_whatever_it_says(server: Smsc, channel: smpp.Smpp) -> None:
    """Taken: it is found. Refused for sure: it is absent, and may be sent again."""
    post = await text(server, channel)
    for key, status in (("taken", 0), ("refused", 0x0B)):
        server.fail(Mode.ACCEPT_LATE, amount=60)
        server.late_status = status
        with pytest.raises(UncertainProblem):
            await channel.publish(answer(post, key, key=key))
        with pytest.raises(UncertainProblem):
            await channel.find(answer(post, key, key=key))
        server.heal()
        await channel.poll(await started(channel))
    found = await channel.find(answer(post, "taken", key="taken"))
    assert found is not None
    assert await channel.find(answer(post, "refused", key="refused")) is None
    assert server.said() == ["taken"]


async def test_a_doubt_outlives_a_restart(server: Smsc, channel: smpp.Smpp, tmp_path: Path, fittings: Fittings) -> None:
    post = await text(server, channel)
    server.fail(Mode.ACCEPT_THEN_CUT)
    with pytest.raises(UncertainProblem):
        await channel.publish(answer(post, "Hello"))
    server.heal()
    await channel.close()
    later = smpp.build("sms", settings(server, tmp_path / "texts"), fittings)
    with pytest.raises(UncertainProblem):
        await later.find(answer(post, "Hello"))
    await later.close()
    assert server.said() == ["Hello"]


async def test_a_number_that_is_not_ours_any_more_is_not_spoken_from(server: Smsc, channel: smpp.Smpp) -> None:
    server.number = "4930999999"
    post = await text(server, channel)
    with pytest.raises(PermanentProblem, match="none of the channel's numbers"):
        await channel.publish(answer(post, "Hello"))


async def test_half_a_character_is_said_to_nobody(server: Smsc, channel: smpp.Smpp) -> None:
    post = await text(server, channel)
    assert channel.limits.count("half \ud83d") == 1
    with pytest.raises(PermanentProblem, match="half a character"):
        await channel.publish(answer(post, "half \ud83d"))


async def test_no_more_is_under_way_than_the_window_has_room_for(
    server: Smsc, tmp_path: Path, fittings: Fittings
) -> None:
    async with opened(server, tmp_path / "texts", fittings, window=3, timeout=timedelta(seconds=5)) as channel:
        post = await text(server, channel)
        server.fail(Mode.ACCEPT_THEN_HANG)
        said = [asyncio.create_task(channel.publish(answer(post, f"n{n}", key=f"k{n}"))) for n in range(8)]
        await until(lambda: len(server.taken) == 3)
        await channel.poll(await started(channel))
        assert len(server.taken) == 3
        server.heal()
        await asyncio.gather(*said)
    assert sorted(server.said()) == [f"n{n}" for n in range(8)]


async def test_the_contract_s_rate_is_kept(server: Smsc, tmp_path: Path, hasty: Fittings) -> None:
    """Whoever would be too quick waits first."""
    slept: list[float] = []
    rest = hasty.clock.sleep

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        hasty.clock.advance(timedelta(seconds=seconds))
        await rest(seconds)

    hasty.clock.sleep = sleep
    async with opened(server, tmp_path / "texts", hasty, per_second=2, idle="1h") as channel:
        post = await text(server, channel)
        for n in range(6):
            await channel.publish(answer(post, f"n{n}", key=f"k{n}"))
    assert 1.5 <= sum(slept) <= 2.5


async def test_silence_is_broken_by_a_sign_of_life_and_a_dead_line_is_noticed(
    server: Smsc, tmp_path: Path, fittings: Fittings
) -> None:
    async with opened(server, tmp_path / "texts", fittings, idle="1s", timeout="200ms"):
        server.answers_sign_of_life = False
        assert server.is_bound
        await until(lambda: not server.is_bound)
    assert server.signs >= 1


async def test_our_own_sign_of_life_is_given(server: Smsc, channel: smpp.Smpp) -> None:
    server.ask(smsc_wire.ENQUIRE_LINK)
    server.ask(0x999)
    server.ask(0x102)
    await channel.poll(await started(channel))
    assert [(hex(command), status) for command, status in server.heard] == [("0x80000015", 0), ("0x80000000", 3)]


async def test_an_smsc_that_unbinds_is_bound_to_again(server: Smsc, channel: smpp.Smpp, clock: MovableClock) -> None:
    cursor = await started(channel)
    server.ask(smsc_wire.UNBIND)
    await until(lambda: not server.is_bound)
    server.text(ANN, "meanwhile")
    assert (await gather(channel, cursor)).texts == ["meanwhile"]


async def test_an_account_that_is_bound_already_is_tried_again_later(
    server: Smsc, channel: smpp.Smpp, tmp_path: Path, fittings: Fittings
) -> None:
    """As after a crash, while the SMSC still believes in the old connection."""
    other = smpp.build("sms", settings(server, tmp_path / "other"), fittings)
    with pytest.raises(TemporaryProblem, match="bound already") as caught:
        await other.open()
    assert caught.value.after is not None
    await other.close()
    assert channel.limits.max_private_length


async def test_dialling_pauses_longer_with_each_failure_and_a_refused_login_is_not_hammered(
    server: Smsc, tmp_path: Path, fittings: Fittings, clock: MovableClock
) -> None:
    wrong = settings(server, tmp_path / "texts", password=Secret("wrong"))
    channel = smpp.build("sms", wrong, fittings)
    for _ in range(5):
        with pytest.raises(LoginProblem, match="password is wrong"):
            await channel.open()
    assert server.binds == 1
    clock.advance(timedelta(seconds=2))
    with pytest.raises(LoginProblem):
        await channel.open()
    assert server.binds == 2
    await channel.close()
    pauses = [pause_after("smsc.test", failures) for failures in range(1, 9)]
    assert all(0.8 <= after / before <= 2.4 for before, after in pairwise(pauses))
    assert 60 <= pauses[-1] <= 72


async def test_texts_that_we_have_are_shown_while_the_smsc_is_away(server: Smsc, channel: smpp.Smpp) -> None:
    cursor = await started(channel)
    server.text(ANN, "in time")
    await until(lambda: server.tray.statuses)
    await server.stop()
    page: Page = await channel.poll(cursor)

    assert [sighting.post.text for sighting in page.sightings] == ["in time"]
    assert page.more
    with pytest.raises(TemporaryProblem):
        await channel.poll(page.cursor)


async def test_a_cursor_of_another_ledger_shows_all_that_this_one_has(
    server: Smsc, channel: smpp.Smpp, tmp_path: Path, fittings: Fittings
) -> None:
    """The file was lost with its disk: what came since is not taken for known."""
    cursor = await started(channel)
    for n in range(5):
        server.text(ANN, f"n{n}")
    cursor = (await gather(channel, cursor)).cursor
    await channel.close()
    (tmp_path / "texts").unlink()
    async with opened(server, tmp_path / "texts", fittings) as later:
        server.text(ANN, "new")
        assert (await gather(later, cursor)).texts == ["new"]


async def test_what_is_no_smpp_ends_the_connection_and_nothing_else(
    server: Smsc, channel: smpp.Smpp, clock: MovableClock
) -> None:
    cursor = await started(channel)
    server.write_raw(struct.pack(">IIII", 0x7FFFFFFF, 5, 0, 1))
    await until(lambda: not server.is_bound)
    server.text(ANN, "after")
    clock.advance(SOON)
    assert (await gather(channel, cursor)).texts == ["after"]


async def test_a_delivery_that_ends_in_the_middle_is_refused_and_kept(server: Smsc, channel: smpp.Smpp) -> None:
    cursor = await started(channel)
    server.write_raw(smsc_wire.packet(smsc_wire.DELIVER_SM, 900, body=b"\0\1\1123"))
    assert (await gather(channel, cursor)).posts == []
    assert server.tray.statuses == [0x65]
    assert len(channel.unreadable()) == 1


async def test_a20_tls_is_checked_with_the_name(clock: MovableClock, tmp_path: Path, fittings: Fittings) -> None:
    authority = Authority(tmp_path)
    for host, good in (("127.0.0.1", True), ("other.test", False)):
        certificate, key = authority.issue(host)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate, key)
        async with smsc(clock, tls=tls) as server:
            made = settings(server, tmp_path / f"texts {host}", tls=True, ca_file=authority.file)
            channel = smpp.build("sms", made, fittings)
            if good:
                assert (await channel.open()).id == "acme"
            else:
                with pytest.raises(TemporaryProblem, match="certificate is not accepted"):
                    await channel.open()
            await channel.close()
            assert server.binds == (1 if good else 0)


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ({"host": "smsc.example.com"}, "TLS only"),
        ({"numbers": ("0301234",)}, "written like|3 to 8 digits"),
        ({"numbers": ()}, "at least 1"),
        ({"password": Secret("nine char")}, "1 to 8 ASCII"),
        ({"calling_code": "+49"}, "pattern"),
        ({"max_segments": 0}, "greater than"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    clock: MovableClock, tmp_path: Path, keys: dict[str, object], complaint: str
) -> None:
    server = Smsc(now=clock.now)
    server.port = 1
    with pytest.raises(ValueError, match=complaint):
        settings(server, tmp_path / "texts", **keys)
