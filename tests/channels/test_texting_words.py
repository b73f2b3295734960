"""Channels of text messages: they know the words of consent, one's own besides, and name the pair of numbers alike."""

from pathlib import Path

import pytest
from channels_smpp import settings as smpp_settings
from channels_smpp import smsc
from channels_twilio import number, opened, twilio_server
from pydantic import ValidationError

from bridge.channels import smpp
from bridge.channels._sms.words import Confirmations, OwnWords, texting
from bridge.core import consent
from bridge.core.consent import Said
from bridge.core.consent_words import WORDS
from bridge.ports import Fittings
from bridge.testing.channel_platform import gather, started
from bridge.testing.fakes.twilio import OURS
from bridge.testing.fittings import MovableClock
from bridge.testing.text_platform import ANN, BOB


def test_own_words_come_besides_the_shipped_ones_and_take_none_away() -> None:
    made = texting({"de": OwnWords(stop=("Ruhe!",)), "+1": OwnWords(stop=("enough",))}, Confirmations())
    assert made.said("ruhe", "+33") is Said.STOP
    assert made.said("Enough.", "+15550102") is Said.STOP
    assert made.said("enough", "+33") is None
    assert all(made.said(word, "+1555") is Said.STOP for words in WORDS.values() for word in words.stop)


def test_what_is_not_said_is_not_answered() -> None:
    assert texting({}, Confirmations(stop="No more.", start=" ")).confirmations == {Said.STOP: "No more."}


@pytest.mark.parametrize("where", ["DE", "de_DE", "+", "+0", "1", ""])
def test_words_belong_to_a_language_or_to_numbers(where: str) -> None:
    with pytest.raises(ValidationError):
        smpp.Settings.model_validate({"words": {where: {"stop": ["x"]}}})


async def test_both_know_the_words_and_their_threads_begin_with_our_number(
    clock: MovableClock, fittings: Fittings, tmp_path: Path
) -> None:
    async with twilio_server(clock) as server, opened(server, fittings, words={"nl": {"stop": ["genoeg"]}}) as channel:
        cursor = await started(channel)
        server.write(number("ann"), "GENOEG")
        (post,) = (await gather(channel, cursor)).posts
        assert channel.limits.texting is not None
        assert channel.limits.texting.said(post.text, post.author.id) is Said.STOP
        assert consent.key(post.thread, post.author.id) == consent.key(OURS, number("ann"))

    async with smsc(clock) as server:
        made = smpp_settings(server, tmp_path / "texts", confirmations={"stop": "No more messages."})
        line = smpp.build("sms", made, fittings)
        await line.open()
        cursor = await started(line)
        server.text(ANN, "stop")
        server.text(BOB, "hello")
        stop, hello = (await gather(line, cursor)).posts
        await line.close()
    texts = line.limits.texting
    assert texts is not None
    assert (texts.said(stop.text, ANN), texts.said(hello.text, BOB)) == (Said.STOP, None)
    assert texts.confirmations == {Said.STOP: "No more messages."}
    assert consent.key(stop.thread, stop.author.id) == consent.key(made.numbers[0], ANN)
