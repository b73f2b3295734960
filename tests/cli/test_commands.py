"""Every command as a person types it: exit codes, clear errors, JSON for scripts."""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge import __version__
from bridge.app.daemon import run_once
from bridge.cli.commands import app
from bridge.config import Loaded, load
from bridge.testing.correspondence import answer
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.forum import Forum
from bridge.testing.town import Town

RULES = """
[[rule]]
name = "help"
when = { any_word = ["help"] }
points = 3

[[route]]
name = "support"
when = { min_points = 3 }
desk = "support"

[[test]]
post = { text = "please help" }
expect = { route = "support", rules = ["help"] }
"""


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def bridge(*words: str, stdin: str = "") -> Done:
    result = CliRunner().invoke(app, list(words), input=stdin, env={"COLUMNS": "200"})
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    place = Town(root=tmp_path)
    place.write(endpoint="http://127.0.0.1:9", account="brand", token="token")
    place.rules(RULES)
    return place


def at(town: Town, *words: str, stdin: str = "") -> Done:
    return bridge(*words, "--config", str(town.configuration), stdin=stdin)


def mail(text: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "ann@acme.test", "x@reply.acme.test", "Re: Help"
    made.set_content(text)
    return made


def test_the_installed_command_says_its_version() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("bridge"), "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout == f"bridge {__version__}\n"


def test_version_and_help_need_nothing() -> None:
    assert bridge("--version").stdout.startswith("bridge ")
    assert bridge("--help").returncode == 0
    assert bridge("nonsense").returncode == 2


def test_check_says_that_a_good_configuration_is_fine(town: Town) -> None:
    done = at(town, "check")

    assert (done.returncode, "fine" in done.stdout) == (0, True)
    assert "live: is true" in done.stderr


def test_check_finds_every_mistake_at_once(town: Town) -> None:
    file = town.configuration / "bridge.toml"
    file.write_text(
        file.read_text().replace('undo = "0s"', 'undo = "soon"').replace('brand = "Acme"', 'brnad = "Acme"')
    )
    done = at(town, "check")

    assert done.returncode == 78
    assert "bridge.toml: bridge.brnad" in done.stderr
    assert "desk.support.undo" in done.stderr


def test_a_missing_configuration_says_how_to_begin(tmp_path: Path) -> None:
    done = bridge("run", "--config", str(tmp_path))

    assert done.returncode == 78
    assert "bridge.toml" in done.stderr


def test_check_fails_where_a_rule_s_test_fails(town: Town) -> None:
    town.rules(RULES.replace('rules = ["help"]', 'rules = ["other"]'))

    assert at(town, "check").returncode == 1
    assert at(town, "rules", "test").returncode == 1


def test_explain_names_what_hit(town: Town) -> None:
    done = at(town, "explain", "-", "--json", stdin="Can you help me?")
    verdict = json.loads(done.stdout)

    assert verdict["route"] == "support"
    assert next(why["rule"] for why in verdict["why"] if why["hit"]) == "help"


def test_explain_knows_what_is_not_there(town: Town) -> None:
    for named in ("nothing-like-this", "x" * 300):
        done = at(town, "explain", named)

        assert (done.returncode, "neither a stored post" in done.stderr) == (1, True)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that nobody can read from its start")
def test_explain_says_which_file_it_cannot_read(town: Town) -> None:
    done = at(town, "explain", "/proc/self/mem")

    assert (done.returncode, done.stderr) == (1, "/proc/self/mem: Input/output error\n")


def test_triage_judges_good_lines_and_names_bad_ones(town: Town) -> None:
    posts = '{"id": "1", "text": "help!"}\nnot json\n{"id": "2", "text": "nice day"}\n'
    done = at(town, "triage", "-", "--json", stdin=posts)
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 1
    assert "line 2" in done.stderr
    assert [(v["id"], v["route"]) for v in verdicts] == [("1", "support"), ("2", None)]
    assert set(verdicts[0]) == {"id", "route", "desk", "priority", "tags", "labels", "lang", "why"}


def test_triage_says_which_file_it_cannot_read(town: Town) -> None:
    missing, folder = at(town, "triage", "none.jsonl"), at(town, "triage", str(town.configuration))

    assert (missing.returncode, missing.stderr) == (1, "none.jsonl: No such file or directory\n")
    assert (folder.returncode, folder.stderr) == (1, f"{town.configuration}: Is a directory\n")


def test_mail_inspect_needs_no_configuration(tmp_path: Path) -> None:
    file = tmp_path / "reply.eml"
    file.write_bytes(mail("#private\nYour bag is found.").as_bytes())
    (line,) = bridge("mail", "inspect", str(file), "--json").stdout.splitlines()
    found = json.loads(line)

    assert set(found) == {"file", "kind", "class", "text", "confident", "commands", "reasons"}
    assert (found["kind"], found["text"], found["commands"]) == ("reply", "Your bag is found.", ["#private"])


def test_mail_inspect_takes_a_directory(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail("One.").as_bytes())
    (tmp_path / "b.txt").write_text("Two.\n\n-- \nAnn\n")
    (tmp_path / "b.expected.txt").write_text("Two.")
    lines = bridge("mail", "inspect", "--batch", str(tmp_path), "--json").stdout.splitlines()

    assert [json.loads(line)["text"] for line in lines] == ["One.", "Two."]


def test_mail_inspect_says_which_file_it_cannot_read(tmp_path: Path) -> None:
    done = bridge("mail", "inspect", str(tmp_path / "none.eml"))

    assert (done.returncode, "No such file" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("held", "list"),
        ("conversation", "list"),
        ("pause", "publishing"),
        ("export", "posts"),
        ("export", "facts", "--form", "csv"),
    ],
)
def test_commands_about_the_store_say_that_there_is_none_yet(town: Town, words: tuple[str, ...]) -> None:
    done = at(town, *words)

    assert done.returncode == 78
    assert "no database" in done.stderr


@pytest.fixture
def used(tmp_path: Path) -> Town:
    """A town in which a post came, was forwarded, and was answered by a stranger."""
    return asyncio.run(_used(tmp_path))


async def _new(tmp_path: Path) -> tuple[Town, Loaded, Forum]:
    forum = Forum(journal=None, brand="acme")
    await forum.start()
    place = Town(root=tmp_path)
    place.write(endpoint=forum.url, account=forum.brand.id, token=forum.token)
    place.rules(RULES)
    found = load(place.configuration, place.configuration / "credentials")
    assert isinstance(found, Loaded)
    await run_once(found)
    return place, found, forum


async def _used(tmp_path: Path) -> Town:
    place, found, forum = await _new(tmp_path)
    forum.write("jane", "Please help me.", title="Help")
    forum.write("bob", "Nice weather.", title="Weather")
    await run_once(found)
    place.deliver(answer(place.mails()[0], "Sure!", sender="eve@evil.test").as_bytes())
    await run_once(found)
    await forum.stop()
    return place


def test_commands_show_what_happened(used: Town) -> None:
    assert json.loads(at(used, "status", "--json").stdout)["held"] == 1
    (held,) = (json.loads(line) for line in at(used, "held", "list", "--json").stdout.splitlines())
    assert held["reason"] == "sender_not_allowed"
    assert "eve@evil.test" in at(used, "held", "show", held["key"]).stdout

    rows = [json.loads(line) for line in at(used, "conversation", "list", "--json").stdout.splitlines()]
    assert {row["phase"] for row in rows} == {"waiting", "left"}
    left = [json.loads(line) for line in at(used, "conversation", "list", "--left", "--json").stdout.splitlines()]
    assert [(row["who"], row["words"], row["route"]) for row in left] == [("bob", "Nice weather.", "")]
    assert left[0]["why"]
    assert "Nice weather." in at(used, "conversation", "list", "--left").stdout
    shown = at(used, "conversation", "show", held["detail"])
    assert "Please help me." in shown.stdout
    assert at(used, "conversation", "show", "nothing").returncode == 1
    ordered = at(used, "conversation", "act", held["detail"], "delete")
    assert (ordered.returncode, "the bridge cannot do this on" in ordered.stderr) == (1, True)
    assert at(used, "conversation", "act", "nothing", "hide").returncode == 1
    assert at(used, "conversation", "act", held["detail"], "shout").returncode == 2

    assert at(used, "held", "drop", held["key"]).returncode == 0
    assert at(used, "held", "drop", "unknown").returncode == 1


def test_what_could_not_be_read_is_shown_as_it_came(tmp_path: Path) -> None:
    town = asyncio.run(_broken(tmp_path))
    (kept,) = (json.loads(line) for line in at(town, "channel", "quarantine", "forum", "--json").stdout.splitlines())
    assert kept["reason"].startswith("unexpected shape")
    assert kept["id"] in at(town, "channel", "quarantine", "forum").stdout
    assert at(town, "channel", "raw", "forum", kept["id"]).stdout.startswith("{")
    assert json.loads(at(town, "channel", "raw", "forum", kept["id"], "--json").stdout)["channel"] == "forum"
    assert at(town, "channel", "raw", "forum", "nothing").returncode == 1
    assert at(town, "channel", "quarantine", "nowhere").returncode == 1


async def _broken(tmp_path: Path) -> Town:
    """A town in which a post came that could not be read."""
    place, found, forum = await _new(tmp_path)
    forum.write("jane", "Please help me.", title="Help")
    forum.fail(Mode.BROKEN_ITEM)
    await run_once(found)
    await forum.stop()
    return place


def test_switches_hold_until_they_are_switched_back(used: Town) -> None:
    assert at(used, "pause", "publishing").returncode == 0
    assert json.loads(at(used, "status", "--json").stdout)["publishing"] == "paused"
    assert at(used, "resume", "publishing").returncode == 0
    assert at(used, "pause", "everything").returncode == 2

    assert at(used, "channel", "pause", "forum").returncode == 0
    (row,) = (json.loads(line) for line in at(used, "channel", "list", "--json").stdout.splitlines())
    assert row["state"] == "paused"
    assert at(used, "channel", "resume", "forum").returncode == 0
    assert at(used, "channel", "pause", "nothing").returncode == 1
    assert at(used, "agent", "revoke", "agent@acme.test").returncode == 0
    assert at(used, "desk", "confirm", "support").returncode == 0
    assert at(used, "desk", "confirm", "nothing").returncode == 1
    assert at(used, "desk", "revoke", "nothing").returncode == 1
    assert at(used, "desk", "revoke", "support").returncode == 0
    assert at(used, "desk", "restore", "support").returncode == 0


def test_a_stored_post_is_explained(used: Town) -> None:
    verdict = json.loads(at(used, "explain", "forum/1", "--json").stdout)

    assert verdict["route"] == "support"


async def _changed(tmp_path: Path) -> Town:
    place, found, forum = await _new(tmp_path)
    posts = [forum.write(name, "Please help me.", title="Ask") for name in ("ann", "bob", "cleo")]
    await run_once(found)
    forum.edit(posts[0], "Nice weather.")
    forum.delete(posts[1])
    await run_once(found)
    await forum.stop()
    return place


def test_a_stored_post_is_explained_as_it_is_now(tmp_path: Path) -> None:
    """I02, I03."""
    town = asyncio.run(_changed(tmp_path))
    cleo = next(post["author_id"] for post in exported(town) if post["author"] == "cleo")

    def routes() -> list[str | None]:
        verdicts = [at(town, "explain", f"forum/{number}", "--json").stdout for number in (1, 2, 3)]
        return [json.loads(verdict)["route"] if verdict else None for verdict in verdicts]

    assert routes() == [None, None, "support"]
    at(town, "person", "erase", "sandbox", cleo, "--yes")
    assert [at(town, "explain", f"forum/{number}").returncode for number in (1, 2, 3)] == [0, 0, 1]


def test_the_schema_is_already_new(used: Town) -> None:
    assert at(used, "db", "upgrade").returncode == 0


def test_the_store_of_a_used_town_is_sound(used: Town) -> None:
    done = at(used, "fsck", "--json")

    assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, [])


def test_exports_are_lines_or_tables(used: Town) -> None:
    posts = [json.loads(line) for line in at(used, "export", "posts").stdout.splitlines()]
    assert {post["text"] for post in posts} == {"Please help me.", "Nice weather."}

    header, *rows = at(used, "export", "facts", "--form", "csv").stdout.splitlines()
    assert header.startswith("id,at,kind")
    assert rows
    assert at(used, "export", "posts", "--since", "soon").returncode == 2


def exported(town: Town) -> list[dict[str, str]]:
    return [json.loads(line) for line in at(town, "export", "posts").stdout.splitlines()]


def test_a_person_is_shown_and_erased(used: Town) -> None:
    """I02."""
    jane = next(post["author_id"] for post in exported(used) if post["author"] == "jane")
    assert json.loads(at(used, "person", "show", "sandbox", jane, "--json").stdout)["posts"] == 1

    copy = used.state / "bridge.db.before-0002"
    copy.write_text("what stood there before an upgrade")
    done = json.loads(at(used, "person", "erase", "sandbox", jane, "--yes", "--json").stdout)
    assert not copy.exists()
    assert done["posts"] == 1
    assert [post["text"] for post in exported(used) if post["text"]] == ["Nice weather."]
    assert at(used, "fsck").returncode == 0


def test_nobody_is_nobody(used: Town) -> None:
    assert at(used, "person", "show", "sandbox", "nobody").returncode == 1
    assert at(used, "person", "erase", "sandbox", "nobody", "--yes").returncode == 1
