"""Learning from agents: what they do with a post counts at once, and models come and go without a restart."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.app import feedback, labelling
from bridge.app.asking import ask
from bridge.app.compose import Current
from bridge.app.daemon import opened, run_once
from bridge.app.explaining import explained
from bridge.app.learning import Learner
from bridge.app.modelling import LEAST, is_held_back, learned, trained
from bridge.config import Loaded, load
from bridge.core.conversation import Given, Phase, Record
from bridge.core.decision import Decision, Fact
from bridge.core.events import Sighting
from bridge.core.model import Post, Visibility
from bridge.judges.examples import Example
from bridge.judges.model import SHIPPED, shipped
from bridge.judges.modelfile import UnusableModel
from bridge.judges.training import TooLittle
from bridge.ports import Circumstances
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fakes.forum import Forum
from bridge.testing.town import Town, answer

RULES = """
[[rule]]
name = "help"
when = { any_word = ["help", "broken"] }
points = 3

[[route]]
name = "support"
when = { min_points = 3 }
desk = "support"
"""
NOW = making.NOW


@pytest.fixture
async def forum() -> AsyncIterator[Forum]:
    board = Forum(journal=None, brand="acme")
    await board.start()
    yield board
    await board.stop()


@pytest.fixture
def loaded(tmp_path: Path, forum: Forum) -> Loaded:
    return _loaded(Town(root=tmp_path), forum)


def _loaded(town: Town, forum: Forum) -> Loaded:
    town.write(endpoint=forum.url, account=forum.brand.id, token=forum.token)
    town.rules(RULES)
    found = load(town.configuration, town.configuration / "credentials")
    assert isinstance(found, Loaded), found
    return found


def seen(current: Current, post: Post) -> float:
    """What the running judge thinks of a post."""
    return current.judge.judge(post, Circumstances(now=NOW, thread_open=False)).labels["actionable"]


async def happened(store: SqlStore, kind: str, post: Post, **detail: str) -> None:
    """A post, and what an agent did with it."""
    fact = Fact(
        key=f"{kind} {post.id}", kind=kind, at=NOW, conversation=post.conversation.id, detail={"post": str(post.key), **detail}
    )  # fmt: skip
    await store.apply(Decision(sightings=(Sighting(post=post, raw=b"{}"),), facts=(fact,)))


@pytest.mark.parametrize(("command", "falls"), [("#ignore", True), ("#spam", True), ("Please try again now.", False)])
async def test_what_an_agent_does_with_a_mail_moves_its_post_at_once(
    tmp_path: Path, forum: Forum, command: str, *, falls: bool
) -> None:
    town = Town(root=tmp_path)
    loaded = _loaded(town, forum)
    await run_once(loaded)
    topic = forum.write("jane", "Walking along the river, nothing is broken.", title="River")
    await run_once(loaded)
    before = await explained(loaded, f"forum/{topic}")
    assert before is not None
    (mail,) = town.mails()
    town.deliver(answer(mail, command).as_bytes())
    await run_once(loaded)
    after = await explained(loaded, f"forum/{topic}")
    assert after is not None
    assert (after.labels["actionable"] < 0.5) is falls
    assert falls or after.labels["actionable"] >= before.labels["actionable"] + 0.2
    assert (after.labels["spam"] >= 0.8) is (command == "#spam")
    assert after.model == shipped().version


async def test_a_running_daemon_learns_within_a_turn(loaded: Loaded) -> None:
    post = making.post("p1", "Walking along the river", thread="t1")
    async with opened(loaded) as (_house, current, store):
        learner = Learner(current, store)
        await learner.turn()
        before = seen(current, post)
        await happened(store, "answered_by_hand", post)
        await learner.turn()
        assert seen(current, post) >= max(before + 0.2, 0.5)


async def test_what_was_said_before_the_start_counts_too(loaded: Loaded) -> None:
    post = making.post("p1", "Walking along the river", thread="t1")
    async with opened(loaded) as (_house, _current, store):
        await happened(store, "answered_by_hand", post)
    async with opened(loaded) as (_house, current, store):
        await Learner(current, store).turn()
        assert seen(current, post) >= 0.5


async def test_a_reload_forgets_nothing(loaded: Loaded) -> None:
    post = making.post("p1", "Walking along the river", thread="t1")
    async with opened(loaded) as (_house, current, store):
        learner = Learner(current, store)
        await happened(store, "answered_by_hand", post)
        await learner.turn()
        current.adopt(loaded)
        await learner.turn()
        assert seen(current, post) >= 0.5


async def said(store: SqlStore) -> set[tuple[str, str, bool]]:
    words = await store.read(feedback.everything)
    return {(word.post.id, word.label, word.holds) for word in words}


async def test_a_moved_post_is_worth_an_answer_and_belongs_to_its_new_desk(loaded: Loaded) -> None:
    async with opened(loaded) as (_house, _current, store):
        await happened(store, "escalated", making.post("p1", thread="t1"), desk="noc")
        assert await said(store) == {("p1", "actionable", True), ("p1", "for noc", True)}


async def test_a_native_answer_names_its_post_within_its_channel(loaded: Loaded) -> None:
    post = making.post("p1", thread="t1")
    fact = Fact(key="n", kind="answered_natively", at=NOW, channel=post.channel, detail={"post": post.id})
    async with opened(loaded) as (_house, _current, store):
        await store.apply(Decision(sightings=(Sighting(post=post),), facts=(fact,)))
        assert await said(store) == {("p1", "actionable", True)}


@pytest.mark.parametrize("phase", [Phase.CLOSED, Phase.WAITING])
@pytest.mark.parametrize("answered", [True, False])
async def test_only_a_conversation_that_is_closed_unanswered_says_so(
    loaded: Loaded, phase: Phase, *, answered: bool
) -> None:
    post = making.post("p1", thread="t1")
    record = Record(key=post.conversation, phase=phase).with_post(post)
    if answered:
        record = record.with_given(Given(key="g", text="Hello", at=NOW, post="p1"))
    fact = Fact(key="c", kind="stepped", at=NOW, conversation=record.id, detail={"step": "closed"})
    async with opened(loaded) as (_house, _current, store):
        await store.apply(Decision(sightings=(Sighting(post=post),), record=record, facts=(fact,)))
        expected = {("p1", "actionable", False)} if phase is Phase.CLOSED and not answered else set()
        assert await said(store) == expected


async def test_private_and_deleted_posts_teach_nothing(loaded: Loaded) -> None:
    async with opened(loaded) as (_house, _current, store):
        await happened(store, "answered_by_hand", making.private_post("d1"))
        await happened(store, "answered_by_hand", making.post("p1", thread="t1"))
        await store.apply(Decision(deleted=(making.post("p1").key,)))
        assert await said(store) == set()


async def taught(loaded: Loaded, count: int) -> None:
    """A store in which agents answered every other post."""
    async with opened(loaded) as (_house, _current, store):
        for number in range(count):
            text = f"number {number} crashed, awful" if number % 2 else f"number {number} is a lovely walk"
            post = making.post(f"p{number}", text, thread=f"t{number}")
            await happened(store, "answered_by_hand" if number % 2 else "labelled", post, label="ignore")


async def test_training_on_the_store_goes_live_and_is_taken_up_and_given_back(loaded: Loaded) -> None:
    await taught(loaded, 60)
    folder = labelling.models(loaded)
    async with opened(loaded) as (_house, current, store):
        learner = Learner(current, store)
        await learner.turn()
        came = await learned(loaded, progress=lambda _done: None)
        assert came.version
        assert came.after.macro_f1 >= came.before.macro_f1
        await learner.turn()
        post = making.post("new", "it crashed again, awful")
        assert seen(current, post) > 0.5
        assert current.judge.judge(post, Circumstances(now=NOW, thread_open=False)).model.endswith(came.version)
        labelling.roll_back(folder)
        await learner.turn()
        assert current.judge.judge(post, Circumstances(now=NOW, thread_open=False)).model == shipped().version


async def test_the_same_feedback_makes_the_same_model(loaded: Loaded) -> None:
    await taught(loaded, 60)
    one, other = [await learned(loaded, progress=lambda _done: None) for _ in range(2)]
    assert one.version == other.version


async def test_a_model_that_is_worse_on_what_was_held_back_is_put_away(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await taught(loaded, 60)
    good = await learned(loaded, progress=lambda _done: None)
    words = await ask(loaded, feedback.everything)
    # What is learned from says the opposite of what is measured by.
    turned = tuple(word if is_held_back(word) else replace(word, holds=not word.holds) for word in words)
    monkeypatch.setattr(feedback, "everything", lambda _connection: turned)
    came = await learned(loaded, progress=lambda _done: None)
    assert not came.version
    assert labelling.live(labelling.models(loaded)).version == good.version


async def test_too_little_feedback_is_said_so(loaded: Loaded) -> None:
    await taught(loaded, LEAST - 1)
    with pytest.raises(TooLittle, match=f"dealt with {LEAST - 1} public posts"):
        await learned(loaded, progress=lambda _done: None)


TORN = [b"", b"\x80\x04 a pickle", b"bridge-model 2\n{}\n", SHIPPED.read_bytes()[:-9]]


@pytest.mark.parametrize("torn", TORN, ids=["empty", "foreign", "other-version", "cut"])
async def test_a_model_that_cannot_be_used_is_refused_and_the_old_one_judges_on(loaded: Loaded, torn: bytes) -> None:
    rows = [Example(text=f"number {number} {'crashed' if number % 2 else 'walks'}", label=str(number % 2)) for number in range(20)]  # fmt: skip
    good = trained(rows, "odd", None, progress=lambda _done: None)
    folder = labelling.models(loaded)
    labelling.go_live(folder, good.content)
    async with opened(loaded) as (_house, current, store):
        learner = Learner(current, store)
        await learner.turn()
        before = current.judge.labeller
        (folder / "torn.model").write_bytes(torn)
        (folder / "live.json").write_text(f'{{"versions": ["{good.version}", "torn"]}}')
        await learner.turn()
        (folder / "live.json").write_text("{")
        await learner.turn()
        assert current.judge.labeller is before
    (folder / "live.json").write_text(f'{{"versions": ["{good.version}", "torn"]}}')
    assert labelling.own(folder) is not None


async def test_private_words_of_a_post_never_reach_a_model_file(loaded: Loaded) -> None:
    """A model holds numbers of terms alone (law 7)."""
    await taught(loaded, 60)
    came = await learned(loaded, progress=lambda _done: None)
    written = (labelling.models(loaded) / f"{came.version}.model").read_bytes()
    assert b"lovely" not in written
    assert Visibility.PRIVATE not in {word.post.visibility for word in await ask(loaded, feedback.everything)}


async def test_a_list_of_versions_that_cannot_be_read_is_refused_and_the_shipped_model_judges(loaded: Loaded) -> None:
    (labelling.models(loaded) / "live.json").mkdir(parents=True)
    with pytest.raises(UnusableModel, match="cannot be read"):
        labelling.live(labelling.models(loaded))
    assert labelling.stack(loaded) == (shipped(),)
