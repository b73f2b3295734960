"""`bridge appservice`: the registration file of a Matrix inbox, as the homeserver reads it."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge.cli.commands import app

CHATS = Path(__file__).parents[1] / "config" / "good" / "chats.toml"


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    shutil.copy(CHATS, tmp_path / "bridge.toml")
    (tmp_path / "rules.d").mkdir()
    (tmp_path / "credentials").mkdir(mode=0o700)
    secret = tmp_path / "credentials" / "reply-key"
    secret.write_text("a secret of tests, and long enough for every key")
    secret.chmod(0o600)
    return tmp_path


def run(configuration: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    found = CliRunner().invoke(app, ["appservice", name, "--config", str(configuration)])
    return found.exit_code, found.output


def test_the_file_names_tokens_and_what_is_ours(configuration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = run(configuration, "matrix", monkeypatch)
    assert code == 0, said
    lines = dict(line.split(": ", 1) for line in said.splitlines() if not line.startswith((" ", "namespaces")))
    assert lines["url"] == '"http://127.0.0.1:8650"'
    assert lines["as_token"] == lines["hs_token"] == '"a secret of tests, and long enough for every key"'
    assert lines["sender_localpart"] == '"bridge_bot"'
    assert r'regex: "@bridge_.*:acd\\.example"' in said


@pytest.mark.parametrize("name", ["chatwoot", "nobody"])
def test_other_inboxes_have_none(configuration: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    code, said = run(configuration, name, monkeypatch)
    assert code == 1
    assert f"there is no inbox {name} of kind matrix" in said
