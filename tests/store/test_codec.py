"""What is stored comes back as it was, and what cannot be read says so."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.conversation import Record
from bridge.core.deeds import Deed
from bridge.core.effects import Act, Effect, Publish, Remind, Reread
from bridge.core.model import Author, Kind, Media, Post, Quote, Visibility
from bridge.core.publications import Attachment, PrivateAnswer, PublicAnswer
from bridge.store import codec
from bridge.store.codec import Unreadable
from bridge.testing import making

TEXT = st.text(st.characters(codec="utf-8"), max_size=50)
TIME = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone
AUTHOR = st.builds(
    Author, id=TEXT, handle=TEXT, name=TEXT, reach=st.none() | st.integers(0, 10**12), since=st.none() | TIME
)
POST = st.builds(
    Post,
    channel=TEXT,
    id=TEXT,
    kind=st.sampled_from(Kind),
    visibility=st.sampled_from(Visibility),
    thread=TEXT,
    author=AUTHOR,
    text=TEXT,
    at=TIME,
    rating=st.none() | st.integers(1, 5),
    answers=st.frozensets(st.sampled_from(Visibility)),
    media=st.lists(st.builds(Media, url=TEXT), max_size=2).map(tuple),
    context=st.lists(st.builds(Quote, author=TEXT, text=TEXT, at=st.none() | TIME), max_size=2).map(tuple),
)
ANSWER = {
    "key": TEXT,
    "channel": TEXT,
    "thread": TEXT,
    "parent": TEXT,
    "author": AUTHOR,
    "text": TEXT,
    "media": st.lists(st.builds(Attachment, name=TEXT, type=TEXT, content=st.binary()), max_size=2).map(tuple),
}
PUBLISH = st.builds(
    Publish,
    publication=st.builds(PublicAnswer, **ANSWER) | st.builds(PrivateAnswer, **ANSWER),
    conversation=TEXT,
    agent=TEXT,
    gates=st.lists(TEXT, max_size=3).map(tuple),
    letter=TEXT,
    publish_by=TIME,
    waived=st.lists(TEXT, max_size=2).map(tuple),
    notify=TEXT,
    desk=TEXT,
)


def there_and_back(effect: Effect) -> Effect:
    payload, sealed = codec.pack_effect(effect)
    return codec.unpack_effect(codec.kind_of(effect), codec.visibility_of(effect), payload, codec.packed(sealed))


@given(POST)
def test_posts_come_back(post: Post) -> None:
    assert codec.from_json(Post, codec.to_json(post)) == post


@given(PUBLISH)
def test_publications_come_back_as_their_own_sort(publish: Publish) -> None:
    """Law 9: public and private are never confused; every field is carried, also ones that are added later."""
    back = there_and_back(publish)
    assert back == publish
    assert isinstance(back, Publish)
    assert type(back.publication) is type(publish.publication)


@pytest.mark.parametrize(
    "effect",
    [
        making.judge(),
        making.inject(),
        making.tell(),
        making.publish(),
        Reread(letter="f", conversation="c", turn=2),
        Remind(post="p1", conversation="c", until=making.NOW),
        Act(
            deed=Deed.HIDE, channel="forum", target="p1", conversation="c", letter="f", agent="a", notify="", desk="noc"
        ),
    ],
    ids=codec.kind_of,
)
def test_every_kind_comes_back(effect: Effect) -> None:
    assert there_and_back(effect) == effect


def test_every_kind_of_effect_is_known() -> None:
    """A new effect needs its place here."""
    assert set(codec.KINDS.values()) == set(Effect.__args__)


def test_records_come_back_with_everything() -> None:
    record = replace(making.waiting(), deleted=("a",), tag="[x #1]", version=7)
    assert codec.from_json(Record, codec.to_json(record)) == record


@given(st.text(max_size=30))
def test_half_surrogate_pairs_become_question_marks(text: str) -> None:
    """UTF-8 cannot carry them; the words around them stay."""
    post = making.post(text=text + "\ud83d" + "end")
    assert codec.from_json(Post, codec.to_json(post)).text.endswith("?end")


def test_what_an_older_program_wrote_can_be_read() -> None:
    """Fields that have a default since then, and ones that are gone."""
    payload, _ = codec.pack_effect(making.publish())
    older = payload.replace('"waived":[],', "").replace("{", '{"forgotten":1,', 1)
    assert codec.unpack_effect("publish", "public", older, None) == making.publish()


@pytest.mark.parametrize(
    ("kind", "visibility", "payload", "sealed"),
    [
        ("publish", "public", "{}", None),
        ("publish", "somewhere", codec.to_json(making.publish()), None),
        ("judge", "public", "{broken", None),
        ("judge", "public", '{"post": 5}', None),
        ("dance", "", "{}", None),
        ("tell", "", codec.to_json(making.tell().notice), None),
        ("tell", "", codec.to_json(making.tell().notice), b"no zlib"),
    ],
)
def test_an_unreadable_row_says_so(kind: str, visibility: str, payload: str, sealed: bytes | None) -> None:
    """Without a word of what it holds (law 7)."""
    with pytest.raises(Unreadable) as problem:
        codec.unpack_effect(kind, visibility, payload, sealed)
    assert str(problem.value) == "a row of the outbox cannot be read"


@given(TIME)
def test_times_are_exact_to_the_microsecond(time: datetime) -> None:
    assert codec.moment(codec.micros(time)) == time


def test_a_time_is_the_same_in_every_zone() -> None:
    time = datetime(2026, 3, 29, 1, 30, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert codec.moment(codec.micros(time)) == time
    with pytest.raises(TypeError):
        codec.micros(datetime(2026, 1, 1))  # noqa: DTZ001 - the point


@given(st.binary(min_size=10, max_size=10))
def test_short_ids_are_the_long_ones(key: bytes) -> None:
    assert codec.short(codec.long(key)) == key


@pytest.mark.parametrize("wrong", ["short", "A" * 16, "a" * 15 + "1", "a" * 17, "ä" * 16, "aaaaaaaaaaaaaaa="])
def test_an_impossible_id_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="sixteen"):
        codec.short(wrong)


def test_tombstones_cannot_be_guessed_without_the_key() -> None:
    """I02: another database hashes the same post otherwise."""
    one, other = (codec.tombstone_key(salt * 32, "forum", "p1") for salt in (b"a", b"b"))
    assert one != other
    assert one == codec.tombstone_key(b"a" * 32, "forum", "p1")
    assert one != codec.tombstone_key(b"a" * 32, "forum", "p2")


def test_publish_has_only_defaults_that_the_codec_carries() -> None:
    """Its narrowed twin is made from its fields; a default factory would be lost on the way."""
    assert {part.name for part in fields(Publish)} >= {"publication", "waived"}
