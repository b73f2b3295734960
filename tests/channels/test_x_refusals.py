"""Every refusal of X that is known: what the adapter raises, and what people read of it."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
from channels_x import by_signature, stanza, x_place

from bridge.channels import x
from bridge.core.model import Post
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import check_clean, gather, private, public, started, words
from bridge.testing.fakes.x import XPlace
from bridge.testing.fakes.x_shapes import problem
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."
SAY, SEND = "POST /2/tweets", "POST /2/dm_conversations"


def detail(status: int, text: str, kind: str = "about:blank", title: str = "Forbidden") -> bytes:
    return json.dumps(problem(status, title, text, kind)).encode()


def coded(code: int, message: str) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": message}]}).encode()


PAGE = b"<!doctype html><html><body>Something went wrong</body></html>"
NOT_MENTIONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
SUSPENDED = "Your account is suspended and is not permitted to access this feature."
CAPPED = "Usage cap exceeded: Monthly product cap"

SAYING: Mapping[str, tuple[int, bytes, type[Exception], str]] = {
    "invalid request": (400, detail(400, "One or more parameters was invalid.", "invalid-request"), PermanentProblem, "refuses it"),
    "credits": (402, detail(402, "no credits", "credits-depleted", "CreditsDepleted"), PermanentProblem, "top up"),
    "not summoned": (403, detail(403, NOT_MENTIONED), PermanentProblem, "by hand and #done"),
    "reply settings": (403, coded(433, "The original Tweet author restricted who can reply."), PermanentProblem, "#private"),
    "duplicate": (403, detail(403, DUPLICATE), UncertainProblem, "already there"),
    "duplicate by code": (403, coded(187, "Status is a duplicate."), UncertainProblem, "already there"),
    "parent gone": (403, detail(403, "You attempted to reply to a Tweet that is deleted or not visible to you."), PermanentProblem, "gone"),
    "parent gone by code": (403, coded(385, "…"), PermanentProblem, "gone"),
    "blocked": (403, detail(403, "You have been blocked from replying."), PermanentProblem, "blocked the account"),
    "too long": (403, coded(186, "Tweet needs to be a bit shorter."), PermanentProblem, "too long"),
    "daily limit": (403, coded(185, "User is over daily status update limit."), TemporaryProblem, "today"),
    "automated": (403, coded(226, "This request looks like it might be automated."), PermanentProblem, "automated"),
    "suspended": (403, coded(64, SUSPENDED), LoginProblem, "suspended"),
    "suspended in words": (403, detail(403, SUSPENDED), LoginProblem, "suspended"),
    "locked": (403, coded(326, "To protect our users, this account is temporarily locked."), LoginProblem, "locked"),
    "client forbidden": (403, detail(403, "not enrolled", "client-forbidden"), LoginProblem, "plan and rights"),
    "read only app": (403, coded(261, "Application cannot perform write actions."), LoginProblem, "plan and rights"),
    "unknown": (403, detail(403, "Something new"), PermanentProblem, "refuses it"),
    "unauthorised": (401, detail(401, "Unauthorized", title="Unauthorized"), LoginProblem, "does not accept"),
    "not found": (404, detail(404, "Not Found", "resource-not-found"), PermanentProblem, "refuses it"),
    "rate limit by code": (429, coded(88, "Rate limit exceeded"), TemporaryProblem, "wait"),
    "usage capped": (429, detail(429, CAPPED, "usage-capped", "UsageCapExceeded"), TemporaryProblem, "used up"),
    "too many, not by X": (429, PAGE, UncertainProblem, "may have been published"),
    "server error": (500, detail(500, "Internal", title="Internal Server Error"), UncertainProblem, "all the same"),
    "bad gateway": (502, PAGE, UncertainProblem, "all the same"),
    "over capacity": (503, coded(130, "Over capacity"), UncertainProblem, "all the same"),
    "error page": (200, PAGE, UncertainProblem, "without saying"),
    "error with success": (200, coded(131, "Internal error"), UncertainProblem, "reported an error"),
    "no id": (201, b'{"data":{"text":"x"}}', UncertainProblem, "without saying"),
    "id as a word": (201, b'{"data":{"id":"none"}}', UncertainProblem, "without saying"),
    "half": (201, b'{"data":{"id":"1', UncertainProblem, "without saying"),
}  # fmt: skip

SENDING: Mapping[str, tuple[int, bytes, type[Exception], str]] = {
    "closed": (
        403,
        detail(403, "You cannot send messages to this user."),
        PermanentProblem,
        "takes no direct messages",
    ),
    "closed by code": (
        403,
        coded(349, "You cannot send messages to this user."),
        PermanentProblem,
        "no direct messages",
    ),
    "does not follow": (403, coded(150, "not following you"), PermanentProblem, "no direct messages"),
    "scope": (403, detail(403, "Missing scope dm.write"), LoginProblem, "plan and rights"),
    "no id": (201, b'{"data":{}}', UncertainProblem, "without saying"),
}

READING: Mapping[str, tuple[int, bytes, type[Exception], str]] = {
    "invalid request": (400, detail(400, "'since_id' must be …", "invalid-request"), PermanentProblem, "refuses the question"),
    "credits": (402, detail(402, "no credits", title="CreditsDepleted"), PermanentProblem, "top up"),
    "unauthorised": (401, detail(401, "Unauthorized"), LoginProblem, "login"),
    "client forbidden": (403, detail(403, "enroll", "client-forbidden"), LoginProblem, "plan and rights"),
    "suspended": (403, coded(64, SUSPENDED), LoginProblem, "suspended"),
    "forbidden": (403, detail(403, "?"), LoginProblem, "login"),
    "not found": (404, detail(404, "?", "resource-not-found"), TemporaryProblem, "at the moment"),
    "rate limit": (429, detail(429, "Too Many Requests"), TemporaryProblem, "wait"),
    "usage capped": (429, detail(429, CAPPED, "usage-capped"), TemporaryProblem, "used up"),
    "edge": (503, PAGE, TemporaryProblem, "at the moment"),
    "error page": (200, PAGE, TemporaryProblem, "something else"),
    "another shape": (200, b'{"meta":[]}', TemporaryProblem, "something else"),
    "no meta": (200, b'{"data":[]}', TemporaryProblem, "something else"),
    "only errors": (200, json.dumps({"errors": [{"title": "x", "type": "https://api.x.com/2/problems/operational"}]}).encode(), TemporaryProblem, "error instead"),
    "deep": (200, b"[" * 50_000, TemporaryProblem, "something else"),
}  # fmt: skip


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[XPlace]:
    async with x_place(clock) as place:
        yield place


@pytest.fixture
async def channel(place: XPlace, fittings: Fittings) -> AsyncIterator[Channel]:
    settings = x.Settings.model_validate(stanza(place, by_signature(place)))
    channel = x.build("x-acme", settings, fittings)
    await channel.open()
    yield channel
    await channel.close()


async def _post(place: XPlace, channel: Channel) -> Post:
    cursor = await started(channel)
    place.write("ann", words("to be answered"))
    return (await gather(channel, cursor)).posts[0]


@pytest.mark.parametrize("name", SAYING)
async def test_a_refused_answer(place: XPlace, channel: Channel, name: str) -> None:
    status, body, kind, text = SAYING[name]
    post = await _post(place, channel)
    place.scripted[SAY] = (status, body, {})
    with pytest.raises(kind, match=text) as caught:
        await channel.publish(public(post, ANSWER))
    assert type(caught.value) is kind
    assert NOT_MENTIONED not in str(caught.value)
    check_clean_of(place, caught.value)


@pytest.mark.parametrize("name", SENDING)
async def test_a_refused_message(place: XPlace, channel: Channel, name: str) -> None:
    status, body, kind, text = SENDING[name]
    post = await _post(place, channel)
    place.scripted[SEND] = (status, body, {})
    with pytest.raises(kind, match=text) as caught:
        await channel.publish(private(post, ANSWER))
    assert type(caught.value) is kind


@pytest.mark.parametrize("name", READING)
async def test_a_refused_question(place: XPlace, channel: Channel, name: str) -> None:
    """Nothing is lost, whatever it is."""
    status, body, kind, text = READING[name]
    cursor = await started(channel)
    place.write("ann", words("kept"))
    place.scripted[f"GET /2/users/{place.brand.id}/mentions"] = (status, body, {})
    with pytest.raises(kind, match=text) as caught:
        await channel.poll(cursor)
    assert type(caught.value) is kind
    place.scripted.clear()
    assert (await gather(channel, cursor)).texts == [words("kept")]


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({"Retry-After": "17"}, 17.0),
        ({"x-rate-limit-reset": "{in 100 s}"}, 100.0),
        ({"x-rate-limit-reset": "soon"}, None),
        ({"x-rate-limit-reset": "99999999999"}, 86_400.0),
        ({"x-rate-limit-reset": "1"}, 0.0),
        ({}, None),
    ],
)
async def test_how_long_x_wants_us_to_wait(
    place: XPlace, channel: Channel, clock: MovableClock, headers: dict[str, str], after: float | None
) -> None:
    """By whichever header tells it; nonsense tells nothing."""
    post = await _post(place, channel)
    reset = str(int(clock.now().timestamp()) + 100)
    given = {name: value.replace("{in 100 s}", reset) for name, value in headers.items()}
    place.scripted[SAY] = (429, detail(429, "Too Many Requests"), given)
    with pytest.raises(TemporaryProblem) as caught:
        await channel.publish(public(post, ANSWER))
    if after is None or caught.value.after is None:
        assert caught.value.after == after
    else:
        assert abs(caught.value.after - after) <= 1.5


async def test_a_part_that_is_refused_keeps_no_other_waiting(place: XPlace, channel: Channel) -> None:
    """F02: a plan without direct messages; the mentions come, and the part is told, and told well again."""
    cursor = await started(channel)
    place.write("ann", words("public"))
    place.write_private("bob", words("private"))
    place.scripted["GET /2/dm_events"] = (403, detail(403, "enroll", "client-forbidden"), {})
    page = await channel.poll(cursor)
    assert [s.post.text for s in page.sightings] == [words("public")]
    assert [(trouble.part, trouble.lasting) for trouble in page.troubles] == [("direct messages", True)]
    place.scripted.clear()
    page = await channel.poll(page.cursor)
    assert [s.post.text for s in page.sightings] == [words("private")]
    assert (page.troubles, page.recovered) == ((), ("direct messages",))


async def test_a_part_that_fails_at_the_first_contact_catches_up(
    place: XPlace, channel: Channel, clock: MovableClock
) -> None:
    """It begins where the channel began, not where it became well."""
    place.write_private("bob", words("before"))
    clock.advance(timedelta(seconds=1))
    place.scripted["GET /2/dm_events"] = (503, PAGE, {})
    page = await channel.poll(None)
    place.write("ann", words("public"))
    place.write_private("bob", words("meanwhile"))
    page = await channel.poll(page.cursor)
    place.scripted.clear()
    gathered = await gather(channel, page.cursor)
    assert gathered.texts == [words("meanwhile")]


async def test_a_limit_is_obeyed_before_it_strikes(place: XPlace, channel: Channel, clock: MovableClock) -> None:
    """D07: after the last request of a window nothing is sent, and X need not refuse."""
    cursor = await started(channel)
    place.windows.factor = 1
    page = await channel.poll(cursor)
    for _ in range(19):
        page = await channel.poll(cursor)
    [trouble] = page.troubles
    assert trouble.part == "direct messages"
    assert "used up for the moment" in trouble.reason
    assert place.windows.refused == 0
    clock.advance(timedelta(minutes=16))
    assert (await channel.poll(page.cursor)).recovered == ("direct messages",)


def check_clean_of(place: XPlace, caught: BaseException) -> None:
    class Seen:
        secrets = place.access.secrets

    check_clean(Seen(), caught)  # type: ignore[arg-type]  # only the secrets are asked for
