"""What app stores show of reviews, as it is read; their errors; and proofs that their own tools would accept."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from channels_reviews import apple, google
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from bridge.channels import appstore, googleplay
from bridge.channels._appstore_shapes import Joined, joined
from bridge.channels._entries import read_entries
from bridge.channels._googleplay_shapes import Entry
from bridge.channels._jwt import signing_key
from bridge.channels._reviews import posts
from bridge.core.model import Kind, Visibility
from bridge.core.publications import Attachment
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.appstore import AppStoreServer
from bridge.testing.fakes.googleplay import GooglePlayServer
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you, the next version mends it."


@pytest.fixture
async def play(clock: MovableClock) -> AsyncIterator[GooglePlayServer]:
    server = GooglePlayServer(now=clock.now)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def store(clock: MovableClock) -> AsyncIterator[AppStoreServer]:
    server = AppStoreServer(now=clock.now)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def playing(play: GooglePlayServer, fittings: Fittings) -> AsyncIterator[Channel]:
    channel = googleplay.build("reviews", google(play), fittings)
    await channel.open()
    yield channel
    await channel.close()


@pytest.fixture
async def selling(store: AppStoreServer, fittings: Fittings) -> AsyncIterator[Channel]:
    channel = appstore.build("reviews", apple(store), fittings)
    await channel.open()
    yield channel
    await channel.close()


GOOGLE = {
    "reviewId": "gp:AOqpTOE",
    "authorName": "Ann",
    "comments": [
        {
            "userComment": {
                "text": "Crash\tIt crashes since the update.",
                "lastModified": {"seconds": "1790000000", "nanos": 1},
                "starRating": 2,
                "reviewerLanguage": "en_GB",
                "originalText": "…",
                "future": {},
            }
        },
        {"developerComment": {"text": "We look into it.", "lastModified": {"seconds": 1790000100}}},
    ],
}
APPLE_REVIEW = {
    "type": "customerReviews",
    "id": "00000035-0000",
    "attributes": {
        "rating": 5,
        "title": "Great",
        "body": "Works.",
        "reviewerNickname": "ann",
        "createdDate": "2026-09-01T10:00:00-07:00",
        "territory": "DEU",
        "future": 1,
    },
    "relationships": {"response": {"data": {"type": "customerReviewResponses", "id": "r1"}}},
}
APPLE_ANSWER = {
    "type": "customerReviewResponses",
    "id": "r1",
    "attributes": {"responseBody": "Thanks!", "lastModifiedDate": "2026-09-02T10:00:00-07:00", "state": "PUBLISHED"},
}


def test_the_sample_of_google_is_read() -> None:
    review, answer = posts(msgspec.convert(GOOGLE, Entry), channel="play", account="app", url="https://x.test")
    assert (review.kind, review.rating, review.lang, review.title) == (Kind.REVIEW, 2, "en", "Crash")
    assert (review.text, review.author.name) == ("It crashes since the update.", "Ann")
    assert review.at == datetime.fromtimestamp(1_790_000_000, UTC)
    assert review.answers == {Visibility.PUBLIC}
    assert (answer.parent, answer.author.id, answer.text) == (review.id, "app", "We look into it.")


def test_the_sample_of_apple_is_read() -> None:
    raws = [msgspec.Raw(msgspec.json.encode(each)) for each in (APPLE_REVIEW, APPLE_ANSWER)]
    entry = msgspec.json.decode(joined(raws[0], [msgspec.Raw(b"7"), raws[1]]), type=Joined)
    review, answer = posts(entry, channel="store", account="1", url="https://x.test")
    assert (review.rating, review.title, review.text, review.author.name) == (5, "Great", "Works.", "ann")
    assert (answer.text, answer.thread) == ("Thanks!", review.id)


@pytest.mark.parametrize(
    "spoilt",
    [
        {**GOOGLE, "comments": []},
        {**GOOGLE, "comments": [{"developerComment": {"text": "", "lastModified": {"seconds": "1"}}}]},
        {**GOOGLE, "reviewId": None},
        {**GOOGLE, "comments": [{"userComment": {"text": "x", "starRating": 9, "lastModified": {"seconds": "1"}}}]},
        {**GOOGLE, "comments": [{"userComment": {"text": "x", "starRating": 1, "lastModified": {"seconds": "soon"}}}]},
        {
            **GOOGLE,
            "comments": [{"userComment": {"text": "x", "starRating": 1, "lastModified": {"seconds": "9" * 40}}}],
        },
    ],
)
def test_c20_a_review_in_another_shape_is_kept_aside(spoilt: object) -> None:
    good, broken = read_entries([msgspec.Raw(msgspec.json.encode(each)) for each in (GOOGLE, spoilt)], Entry)
    assert (len(good), len(broken)) == (1, 1)


@pytest.mark.parametrize("spoilt", [{"rating": 6}, {"rating": None}, {"createdDate": "2026-09-01"}, {"body": 7}])
def test_c20_the_same_of_apple(spoilt: dict[str, object]) -> None:
    attributes = {**APPLE_REVIEW["attributes"], **spoilt}
    raw = msgspec.Raw(msgspec.json.encode({**APPLE_REVIEW, "attributes": attributes}))
    assert len(read_entries([joined(raw, [])], Joined)[1]) == 1


async def test_an_answer_by_hand_comes_back_as_ours(play: GooglePlayServer, playing: Channel) -> None:
    cursor = await started(playing)
    name = play.reviews.write("ann", words("answered by hand"))
    gathered = await gather(playing, cursor)
    play.reviews.answer(name, "By hand.")
    again = await gather(playing, gathered.cursor)
    assert [post.text for post in again.posts if post.author.id == play.app] == ["By hand."]
    assert (await gather(playing, again.cursor)).posts == []


async def test_a_review_that_google_shows_no_more_is_no_deletion_and_no_gap(
    play: GooglePlayServer, playing: Channel
) -> None:
    cursor = await started(playing)
    name = play.reviews.write("ann", words("old"))
    known = await gather(playing, cursor)
    play.reviews.delete(name)
    again = await gather(playing, known.cursor)
    assert not any(page.deleted or page.gap for page in again.pages)


async def test_what_a_store_cannot_do_is_refused_before_anything_is_asked(
    play: GooglePlayServer, playing: Channel
) -> None:
    cursor = await started(playing)
    play.reviews.write("ann", words("one"))
    post = (await gather(playing, cursor)).posts[0]
    asked = play.grants
    for answer in (
        private(post, ANSWER),
        public(post, "a" * 351),
        public(post, " "),
        replace(public(post, ANSWER), parent="../other"),
        replace(public(post, ANSWER), media=(Attachment(name="a", type="image/png", content=b"x"),)),
    ):
        with pytest.raises(PermanentProblem):
            await playing.publish(answer)
    assert (list(play.reviews.said()), play.grants) == ([], asked)


async def test_a_token_is_asked_for_once_an_hour(play: GooglePlayServer, playing: Channel, clock: MovableClock) -> None:
    cursor = await started(playing)
    for _ in range(4):
        cursor = (await gather(playing, cursor)).cursor
    assert play.grants == 1
    clock.advance(timedelta(minutes=56))
    await gather(playing, cursor)
    assert play.grants == 2


async def test_f01_a_key_that_was_taken_away_needs_a_person(
    play: GooglePlayServer, playing: Channel, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = await started(playing)
    clock.advance(timedelta(hours=2))
    monkeypatch.setattr(play, "_is_signed", lambda *_: False)
    with pytest.raises(LoginProblem, match="key"):
        await playing.poll(cursor)


async def test_apples_proof_must_be_fresh(store: AppStoreServer, selling: Channel, clock: MovableClock) -> None:
    """Each request has a proof of its own, so a day later it works as well."""
    cursor = await started(selling)
    clock.advance(timedelta(days=1))
    store.reviews.write("ann", words("later"))
    assert (await gather(selling, cursor)).texts == [words("later")]


def _pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "text", ["", "secret", _pem(ed25519.Ed25519PrivateKey.generate()), _pem(ec.generate_private_key(ec.SECP384R1()))]
)
def test_a_key_that_cannot_sign_is_refused_without_a_word_of_it(text: str) -> None:
    with pytest.raises(ValueError, match="key") as caught:
        signing_key(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{}", '{"client_email":"a","private_key":"b","private_key_id":"c"}', "[]"])
async def test_a_credential_that_is_no_service_account_is_a_complaint(play: GooglePlayServer, text: str) -> None:
    with pytest.raises(ValidationError):
        google(play, account=Secret(text))
