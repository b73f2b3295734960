"""`bridge channel new` on a real terminal: its questions, the files that it writes, and what it never writes over."""

import asyncio
import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge.cli.commands import app
from bridge.config import Loaded, load
from bridge.config.adapters import adapter, kinds
from bridge.config.form import blanks, secrets, stanza
from bridge.stanza import Secret
from bridge.testing.fakes.forum import Forum
from bridge.testing.terminal import terminal
from bridge.testing.town import HELP_RULES, Town

CHANNELS = tuple(kinds("channels"))


@pytest.fixture
def town(tmp_path: Path) -> Town:
    place = Town(root=tmp_path)
    place.write(endpoint="http://127.0.0.1:9", account="brand", token="token")
    place.rules(HELP_RULES)
    return place


def command(town: Town, kind: str, name: str) -> list[str]:
    return [sys.executable, "-m", "bridge", "channel", "new", kind, name, "--config", str(town.configuration)]


def talk(town: Town, answers: list[tuple[str, str]], last: str) -> str:
    """What was drawn between the last answer and the last word."""
    with terminal(command(town, "sandbox", "second"), env=os.environ) as screen:
        for question, text in answers:
            screen.wait(question)
            screen.press(f"{text}\n")
        screen.wait(last)
        screen.end()
        return screen.drawn


async def test_a_new_channel_is_asked_for_written_with_its_credential_and_tried(town: Town, tmp_path: Path) -> None:
    forum = Forum(journal=tmp_path / "journal", brand="acme")
    endpoint = await forum.start()
    forum.write("ada", "please help, it is broken")
    answers = [
        ("  endpoint: ", endpoint),
        ("  account: ", str(forum.brand.id)),
        ("  token (hidden): ", forum.token),
        ("  allow_private", "y"),
    ]
    drawn = await asyncio.to_thread(talk, town, answers, "please help")
    await forum.stop()
    assert forum.token not in drawn
    assert "logged in as acme" in drawn
    credential = town.configuration / "credentials" / "second-token"
    assert stat.S_IMODE(credential.stat().st_mode) == 0o600
    assert credential.read_text() == f"{forum.token}\n"
    assert forum.token not in (town.configuration / "channels.d" / "second.toml").read_text()
    found = load(town.configuration, town.configuration / "credentials")
    assert isinstance(found, Loaded)
    assert found.channels["second"].common.kind == "sandbox"


def test_a_trial_that_fails_keeps_the_files_and_says_how_to_go_on(town: Town) -> None:
    answers = [
        ("  endpoint: ", "https://127.0.0.1:9"),
        ("  account: ", "1"),
        ("  token (hidden): ", "\n"),  # what is needed is asked for again
        ("  token (hidden): ", "secret"),
    ]
    drawn = talk(town, answers, "the files stay")
    assert "bridge channel try second" in drawn
    assert (town.configuration / "channels.d" / "second.toml").exists()


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("sandbox", "forum", "there is a channel forum in bridge.toml"),
        ("sandbox", "taken", "is there already"),
        ("sandbox", "../evil", "a new channel's name has small letters"),
        ("sandbx", "fresh", "did you mean sandbox?"),
        ("sandbox", "fresh", "the questions need a terminal"),
    ],
)
def test_what_cannot_be_written_is_said_before_any_question(town: Town, kind: str, name: str, said: str) -> None:
    folder = town.configuration / "channels.d"
    folder.mkdir()
    (folder / "taken.toml").write_text("", encoding="utf-8")
    before = sorted(path.name for path in town.configuration.rglob("*"))
    done = CliRunner().invoke(app, command(town, kind, name)[3:], input="")
    assert said in done.stderr
    assert done.exit_code in {1, 2}
    assert sorted(path.name for path in town.configuration.rglob("*")) == before


def test_a_credential_that_is_there_is_never_written_over(town: Town) -> None:
    credential = town.configuration / "credentials" / "second-token"
    credential.write_text("old", encoding="utf-8")
    answers = [("  endpoint: ", "https://127.0.0.1:9"), ("  account: ", "1"), ("  token (hidden): ", "new")]
    assert "second-token is there already" in talk(town, answers, "choose another name")
    assert credential.read_text() == "old"
    assert not (town.configuration / "channels.d" / "second.toml").exists()


def test_a_terminal_that_closes_leaves_nothing_behind(town: Town) -> None:
    with terminal(command(town, "sandbox", "second"), env=os.environ) as screen:
        screen.wait("  endpoint: ")
        screen.press("\x04")
        screen.wait("nothing was written")
    assert not (town.configuration / "channels.d").exists()


@pytest.mark.parametrize("kind", CHANNELS)
def test_every_kind_has_a_form_whose_stanza_is_toml_with_its_marks_and_without(kind: str) -> None:
    settings = adapter("channels", kind).settings
    text = stanza(settings, kind, "acme", told={})
    assert tomllib.loads(text) == {"channel": {"acme": {"kind": kind}}}
    bare = tomllib.loads(re.sub(r"(?m)^# (?=[a-z_0-9]+ = )", "", text))["channel"]["acme"]
    assert settings.model_fields.keys() <= bare.keys()
    for key, field in settings.model_fields.items():
        assert f"# {field.description}" in text, key


def test_what_a_person_said_stands_in_the_stanza_and_secrets_in_their_own_files() -> None:
    settings = adapter("channels", "x").settings
    told = {"account": '7"', "oauth1": {"consumer_key": Secret("k"), "access_token": Secret("t")}}
    made = tomllib.loads(stanza(settings, "x", "acme", told=told))["channel"]["acme"]
    assert made["account"] == '7"'
    assert made["oauth1"] == {
        "consumer_key": {"credential": "acme-oauth1-consumer-key"},
        "access_token": {"credential": "acme-oauth1-access-token"},
    }
    assert {name: secret.reveal() for name, secret in secrets("acme", told)} == {
        "acme-oauth1-consumer-key": "k",
        "acme-oauth1-access-token": "t",
    }


def test_the_keys_that_nobody_but_a_person_knows_are_asked() -> None:
    asked = {kind: [blank.key for blank in blanks(adapter("channels", kind).settings)] for kind in ("feed", "x")}
    assert asked["feed"] == ["url", "endpoint"]
    assert asked["x"] == ["account", "username", "oauth1", "oauth2", "stream"]


def test_help_names_an_example() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bridge", "channel", "new", "--help"], capture_output=True, text=True, check=True
    )
    assert "bridge channel new mastodon acme" in done.stdout
