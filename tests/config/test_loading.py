"""Loading as a whole: what comes out, what is told at once, and what happens to files that are not as they should be."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from bridge.config import Complaints, Loaded, files, load
from bridge.core.policy import Agent, DeskPolicy, Limits
from bridge.core.rules.vocabulary import When
from bridge.stanza import Duration, Secret

Put = Callable[[str, str], None]
Load = Callable[[], Loaded]
Complain = Callable[[], list[str]]


def test_an_empty_directory_says_how_to_begin(tmp_path: Path) -> None:
    found = load(tmp_path, None)
    assert isinstance(found, Complaints)
    assert [str(complaint) for complaint in found.complaints] == [
        "bridge.toml: is missing: copy the shipped example's, or write one with [bridge], reply_domain and reply_keys"
    ]


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    found = load(tmp_path / "nowhere", None)
    assert isinstance(found, Complaints)
    (complaint,) = found.complaints
    assert str(tmp_path / "nowhere") in complaint.file
    assert "--config DIR" in complaint.what


def test_mistakes_of_all_files_are_told_at_once(put: Put, complaints: Complain) -> None:
    put("bridge.toml", "[bridge]\nbrnad = 1\n")
    put("channels.d/one.toml", '[channel.one]\nkind = "fed"\n')
    put("channels.d/two.toml", "[channel.two\n")
    put("rules.d/one.toml", '[[rule]]\nname = "a"\nwhen = { any_wrod = "x" }\n')
    put("rules.d/two.toml", '[[route]]\nname = "b"\ndesk = "nobody"\n')
    told = complaints()
    assert [line.partition(": ")[0] for line in told] == [
        "bridge.toml",
        "bridge.toml",
        "bridge.toml",
        "channels.d/one.toml",
        "channels.d/two.toml",
        "rules.d/one.toml",
        "rules.d/two.toml",
    ]


def test_a_secret_is_never_repeated_in_a_complaint(put: Put, complaints: Complain) -> None:
    """G05, law 7: what stands in the wrong place is told by its key alone."""
    put(
        "channels.d/one.toml",
        '[channel.one]\nkind = "sandbox"\ntoken = "hunter2-hunter2"\nendpoint = "http://u:hunter2@h"\n',
    )
    assert not any("hunter2" in line for line in complaints())


def test_a_file_that_changes_while_it_is_read_is_refused(
    put: Put, complaints: Complain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G02: the same files are read twice, and only when nothing changed they count."""
    contents = files._contents
    versions = iter("12")

    def changing(directory: Path) -> list[tuple[str, object]]:
        put("rules.d/half.toml", f"# version {next(versions)}\n")
        return list(contents(directory))

    monkeypatch.setattr(files, "_contents", changing)
    (told,) = complaints()
    assert "changed while they were read" in told


def test_a_file_in_another_encoding_is_told(put: Put, directory: Path, complaints: Complain) -> None:
    put("rules.d/latin.toml", "")
    (directory / "rules.d/latin.toml").write_bytes("# Störung\n".encode("latin-1"))
    assert complaints() == ["rules.d/latin.toml: this is not UTF-8 from byte 4 on: save the file as UTF-8"]


def test_a_byte_order_mark_is_no_mistake(put: Put, directory: Path, loaded: Load) -> None:
    text = (directory / "bridge.toml").read_text() if (directory / "bridge.toml").exists() else ""
    (directory / "bridge.toml").write_text("\ufeff" + text, encoding="utf-8")
    assert loaded().bridge.reply_domain == "reply.example.com"


def test_a_huge_file_is_refused_before_it_is_parsed(put: Put, directory: Path, complaints: Complain) -> None:
    with (directory / "bridge.toml").open("r+b") as file:
        file.truncate(files.MAX_FILE + 1)
    assert "bridge.toml: the file is larger than 16 MiB: split it" in complaints()


def test_editors_copies_do_not_count(put: Put, loaded: Load) -> None:
    before = loaded().version
    put("rules.d/.10-rules.toml.swp", "not toml")
    put("rules.d/10-rules.toml~", "not toml")
    assert loaded().version == before


def test_the_same_files_make_the_same_value_and_others_another(put: Put, loaded: Load) -> None:
    first, second = loaded(), loaded()
    assert first == second
    put("rules.d/one.toml", '[[rule]]\nname = "a"\npoints = 1\nwhen = { any_word = "x" }\n')
    third = loaded()
    assert third != first
    assert third.version != first.version
    assert third.rules.version != first.rules.version


def test_responses_are_called_by_small_names(put: Put, loaded: Load) -> None:
    assert loaded().responses == {
        "hours": "We are here from nine to five.",
        "hours.de": "Wir sind von neun bis fünf da.",
    }


def test_list_files_stand_in_for_their_lines(put: Put, loaded: Load) -> None:
    put("rules.d/one.toml", '[[rule]]\nname = "staff"\npoints = -9\nwhen = { author = ["@file:staff.txt", "@boss"] }\n')
    (rule,) = loaded().rules.rules
    assert rule.when == When(author=("@acmecare", "7", "@boss"))


def test_hours_take_the_time_zone_of_the_installation(put: Put, directory: Path, loaded: Load) -> None:
    text = (directory / "bridge.toml").read_text()
    put("bridge.toml", text.replace("[desk", 'timezone = "Asia/Tokyo"\n[desk', 1))
    put(
        "rules.d/one.toml",
        '[[rule]]\nname = "night"\npoints = 1\nwhen = { hours = { since = "22:00", until = "06:00" } }\n',
    )
    (rule,) = loaded().rules.rules
    assert rule.when.hours is not None
    assert rule.when.hours.zone_name == "Asia/Tokyo"


def test_a_channel_gets_its_common_keys_and_its_own(put: Put, loaded: Load) -> None:
    put(
        "channels.d/one.toml",
        '[channel.one]\nkind = "feed"\nurl = "https://a.example/feed"\ninterval = "5m"\nbackfill = "2d"\nplatform = "Blog"\nown = ["1"]\n',
    )
    channel = loaded().channels["one"]
    assert channel.common.interval == timedelta(minutes=5)
    assert channel.settings.model_dump()["backfill"] == timedelta(days=2)
    policy = loaded().policy({"one": Limits(max_length=0, count=len)}).channels["one"]
    assert (policy.platform, policy.own) == ("Blog", frozenset({"1"}))


def test_a_desk_of_the_policy_has_every_key_of_its_table(put: Put, directory: Path, loaded: Load) -> None:
    """Nothing that an operator sets is lost on the way into the core."""
    text = (directory / "bridge.toml").read_text()
    keys = 'agents = [{ mailbox = "Ann@example.com", until = 2024-06-30 }]\nconfirm = true\nundo = "2m"\nleads = ["l@example.com"]\n'
    put("bridge.toml", text.replace('to = "queue@acd.example"\n', f'to = "queue@acd.example"\n{keys}'))
    desk = loaded().policy({}).desks["support"]
    (agent,) = desk.agents
    assert isinstance(agent, Agent)
    assert agent.mailbox == "ann@example.com"
    assert agent.until is not None
    assert agent.until.isoformat() == "2024-07-01T00:00:00+00:00"
    assert (desk.confirm, desk.undo, desk.leads) == (True, timedelta(minutes=2), ("l@example.com",))


def test_a_chat_has_the_habits_of_a_chat_and_what_is_written_goes_before_them(
    put: Put, directory: Path, loaded: Load
) -> None:
    text = (Path(__file__).parent / "good" / "chats.toml").read_text()
    put("bridge.toml", text)
    chat, mail = loaded().policy({}).desks["chat"], loaded().policy({}).desks["support"]
    seconds = [
        length.total_seconds() for length in (chat.undo, chat.undo_private, chat.min_typing) if length is not None
    ]
    assert seconds == [20, 0, 0]
    assert chat.breaker.per_conversation_hour > mail.breaker.per_conversation_hour
    assert mail.undo_private == mail.undo == timedelta(seconds=60)
    put("bridge.toml", text.replace("live = true\nagents", 'live = true\nundo = "5s"\nundo_private = "3s"\nagents'))
    chat = loaded().policy({}).desks["chat"]
    assert (chat.undo, chat.undo_private) == (timedelta(seconds=5), timedelta(seconds=3))


@pytest.mark.parametrize(("desk", "warnings"), [("genesys", 1), ("chatwoot", 1), ("chat", 0), ("support", 0)])
def test_alerts_need_a_desk_that_has_a_place_for_them(put: Put, loaded: Load, desk: str, warnings: int) -> None:
    text = (Path(__file__).parent / "good" / "chats.toml").read_text()
    named = f'operator = "ops@example.com"\nalerts = {{ desk = "{desk}" }}\n[desk.support]'
    put("bridge.toml", text.replace("[desk.support]", named, 1))
    told = [warning.what for warning in loaded().warnings if warning.key == "bridge.alerts.desk"]
    assert [f"desk {desk} has no place for alerts" in what for what in told] == [True] * warnings


def test_every_field_of_a_desk_policy_can_be_configured() -> None:
    from bridge.config.stanzas import DeskStanza

    decided_elsewhere = {"name", "first_answer_confirmed"}
    fields = {field.name for field in dataclasses.fields(DeskPolicy)} - decided_elsewhere
    assert fields <= set(DeskStanza.model_fields)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("bridge.operator", "nobody is told"),
        ("desk.support", "no route leads to it"),
        ("desk.support.agents", "nobody may answer"),
        ("route", "every post is left alone"),
    ],
)
def test_a_working_configuration_can_have_warnings(put: Put, loaded: Load, key: str, expected: str) -> None:
    told = {warning.key: warning.what for warning in loaded().warnings}
    assert expected in told[key]


def test_accepted_dangers_are_still_told(put: Put, loaded: Load) -> None:
    """G03: accepting a danger lets it pass and does not hide it."""
    put("bridge.toml", (Path(__file__).parent / "good" / "accepted-dangers.toml").read_text())
    told = {warning.key for warning in loaded().warnings}
    assert {"desk.support.live", "desk.support.undo", "desk.support.allow_links", "desk.support.authserv_id"} <= told


@pytest.mark.parametrize("length", ["9999999999w", f"{'9' * 400}d"])
def test_a_duration_beyond_all_time_is_a_mistake_like_any_other(length: str) -> None:
    with pytest.raises(ValidationError, match="longer than can be reckoned with"):
        TypeAdapter(Duration).validate_python(length)


def test_a_credential_that_is_no_text_is_named_and_never_shown(tmp_path: Path) -> None:
    """G05, law 7: not even in the exception's own attributes."""
    (tmp_path / "token").write_bytes(b"hunter2\xff")
    with pytest.raises(ValidationError, match="credential 'token' is not UTF-8 text") as caught:
        TypeAdapter(Secret).validate_python({"credential": "token"}, context={"credentials": tmp_path})
    problem = caught.value.errors()[0]["ctx"]["error"]
    assert not isinstance(problem, UnicodeError)
    assert problem.__cause__ is None
    assert problem.__context__ is None
