"""Commands about triage as a person types them: replaying rules, training and measuring models."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bridge.app.place import database
from bridge.cli.commands import app
from bridge.config import Loaded, load
from bridge.core.decision import Decision, Fact, Judged
from bridge.core.events import Sighting
from bridge.judges.model import shipped
from bridge.store.open import open_store
from bridge.testing import making
from bridge.testing.fittings import MovableClock
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
"""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    place = Town(root=tmp_path)
    place.write(endpoint="http://127.0.0.1:9", account="brand", token="token")
    place.rules(RULES)
    return place


@pytest.fixture
def used(town: Town) -> Town:
    """A town whose agents answered what crashed, and set lovely walks aside."""
    asyncio.run(_lived(town))
    return town


async def _lived(town: Town) -> None:
    found = load(town.configuration, town.configuration / "credentials")
    assert isinstance(found, Loaded)
    store = open_store(database(found), clock=MovableClock(), create=True, platforms={})
    for number in range(60):
        text = f"number {number} crashed, please help" if number % 2 else f"number {number} is a lovely walk"
        verdict = making.VERDICT if number % 2 else making.LEFT
        post = making.post(f"p{number}", text, thread=f"t{number}")
        kind = "answered_by_hand" if number % 2 else "labelled"
        fact = Fact(key=post.id, kind=kind, at=making.NOW, detail={"post": str(post.key), "label": "ignore"})
        judged = (Judged(post=post.key, verdict=verdict),)
        await store.apply(Decision(sightings=(Sighting(post=post),), judged=judged, facts=(fact,)))
    store.close()


def bridge(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})


def at(town: Town, *words: str) -> Result:
    return bridge(*words, "--config", str(town.configuration))


def rows(path: Path, count: int) -> Path:
    """Labelled posts in a file."""
    made = [
        {"text": f"it {'crashed' if n % 2 else 'shines'} {n}", "label": "complaint" if n % 2 else "other"}
        for n in range(count)
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in made), encoding="utf-8")
    return path


def test_a_backtest_shows_what_other_rules_would_change(used: Town) -> None:
    used.rules(RULES.replace('["help"]', '["lovely"]'))
    done = at(used, "rules", "backtest", "--since", "9000d", "--json")
    found = json.loads(done.stdout)
    assert (found["posts"], found["newly_forwarded"], found["newly_left"]) == (60, 30, 30)
    assert len(found["changes"]) == 60
    told = at(used, "rules", "backtest", "--since", "9000d").stdout
    assert "60 would be judged otherwise: 30 newly forwarded, 30 left alone" in told
    assert "lovely walk" in told


def test_a_backtest_needs_a_store_and_a_length_of_time(town: Town) -> None:
    assert at(town, "rules", "backtest").exit_code == 78
    assert at(town, "rules", "backtest", "--since", "soon").exit_code == 2


def test_every_verdict_says_which_model(town: Town, tmp_path: Path) -> None:
    text = tmp_path / "post.txt"
    text.write_text("thank you so much")
    (verdict,) = map(json.loads, at(town, "explain", str(text), "--json").stdout.splitlines())
    assert verdict["model"] == shipped().version
    assert f"model {shipped().version}: thanks" in at(town, "explain", str(text)).stdout
    file = town.configuration / "bridge.toml"
    file.write_text(file.read_text().replace("[bridge]", '[bridge]\nmodel = "off"', 1))
    (verdict,) = map(json.loads, at(town, "explain", str(text), "--json").stdout.splitlines())
    assert (verdict["model"], verdict["labels"]) == ("", {})
    assert "the model is switched off" in at(town, "explain", str(text)).stdout


def test_a_check_warns_of_labels_that_no_model_gives(town: Town) -> None:
    asking = 'when = { any_word = ["help"], labels = { complaimt = 0.5, "for support" = 0.5, thanks = 0.1 } }'
    town.rules(RULES.replace('when = { any_word = ["help"] }', asking))
    warnings = [line for line in at(town, "check").stderr.splitlines() if "when.labels" in line]
    assert len(warnings) == 1
    assert "no model gives complaimt" in warnings[0]


def test_a_check_warns_of_protections_that_protect_nothing(town: Town) -> None:
    file = town.configuration / "bridge.toml"
    given = '[bridge.storms]\nprotect_tags = ["vpi"]\nprotect_labels = { riks = 0.5, risk = 0.5 }\n'
    file.write_text(f"{file.read_text()}\n{given}")
    done = at(town, "check")
    told = [line for line in done.stderr.splitlines() if "protects nothing" in line]
    assert done.exit_code == 0
    assert len(told) == 2
    assert "no rule gives vpi" in told[0]
    assert "no model gives riks" in told[1]


def test_a_model_learns_from_a_file_and_is_measured_on_another(tmp_path: Path) -> None:
    learned, kept = rows(tmp_path / "a.jsonl", 60), rows(tmp_path / "b.jsonl", 20)
    out = tmp_path / "c.model"
    done = bridge("model", "train", "--data", str(learned), "--task", "complaint", "--out", str(out))
    assert done.exit_code == 0, done.stderr
    measure = json.loads(bridge("model", "evaluate", "--data", str(kept), "--model", str(out), "--json").stdout)
    assert (measure["task"], measure["rows"]) == ("complaint", 20)
    assert measure["macro_f1"] >= 0.95
    first = out.read_bytes()
    bridge("model", "train", "--data", str(learned), "--task", "complaint", "--out", str(out))
    assert out.read_bytes() == first


def test_what_cannot_be_trained_or_measured_is_said_in_one_line(tmp_path: Path) -> None:
    few, model = rows(tmp_path / "a.jsonl", 1), tmp_path / "c.model"
    done = bridge("model", "train", "--data", str(few), "--task", "complaint", "--out", str(model))
    assert (done.exit_code, "at least two labels" in done.stderr) == (1, True)
    assert not model.exists()
    assert bridge("model", "train", "--data", str(few)).exit_code == 2
    model.write_bytes(b"\x80\x04 a pickle")
    done = bridge("model", "evaluate", "--data", str(few), "--model", str(model))
    assert (done.exit_code, "is not a model of this program" in done.stderr) == (1, True)
    (tmp_path / "d.jsonl").write_text("{\n")
    done = bridge("model", "evaluate", "--data", str(tmp_path / "d.jsonl"))
    assert (done.exit_code, "line 1: is not JSON" in done.stderr) == (1, True)


def test_a_model_of_the_site_s_own_comes_and_goes(used: Town) -> None:
    done = at(used, "model", "train", "--json")
    assert done.exit_code == 0, done.stderr
    version = json.loads(done.stdout)["version"]
    shown = [json.loads(line) for line in at(used, "model", "show", "--json").stdout.splitlines()]
    assert [row["version"] for row in shown][-1:] == [version]
    assert shown[-1]["tasks"] == ["actionable"]
    assert at(used, "model", "rollback").exit_code == 0
    assert at(used, "model", "rollback").exit_code == 1
    assert len(at(used, "model", "show", "--json").stdout.splitlines()) == 1


def test_agents_who_taught_too_little_are_told_so(town: Town) -> None:
    assert at(town, "model", "train").exit_code == 78
    found = load(town.configuration, town.configuration / "credentials")
    assert isinstance(found, Loaded)
    open_store(database(found), clock=MovableClock(), create=True, platforms={}).close()
    done = at(town, "model", "train")
    assert (done.exit_code, "0 public posts: 20 are needed" in done.stderr) == (1, True)
