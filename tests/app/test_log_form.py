"""How the log is written: for people or for programs, by the setting or by where it goes."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from bridge.cli.commands import app
from bridge.log import set_up
from bridge.testing.town import Town


class Terminal(io.StringIO):
    """Looks like a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process goes on logging as it did."""
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    root = logging.getLogger()
    handlers, level, kept = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**kept)


@pytest.mark.parametrize(
    ("form", "out", "for_programs"),
    [
        ("auto", io.StringIO(), True),
        ("auto", Terminal(), False),
        ("json", Terminal(), True),
        ("console", io.StringIO(), False),
    ],
)
def test_the_setting_decides_and_auto_looks_where_the_log_goes(
    form: str, out: io.StringIO, *, for_programs: bool
) -> None:
    set_up("info", out, form=form)
    structlog.get_logger("test").info("began", what="a thing")

    assert is_json(out.getvalue()) is for_programs
    assert "began" in out.getvalue()
    assert for_programs or ("\x1b" in out.getvalue()) is out.isatty()


@pytest.mark.parametrize(("form", "for_programs"), [("console", False), ("json", True)])
def test_run_writes_the_log_as_the_configuration_says(tmp_path: Path, form: str, *, for_programs: bool) -> None:
    town = Town(root=tmp_path)
    town.write(endpoint="http://127.0.0.1:9", account="brand", token="token", more=f'[bridge.log]\nformat = "{form}"')
    town.rules("")
    done = CliRunner().invoke(app, ["run", "--once", "--config", str(town.configuration)])

    logged = [line for line in done.stderr.splitlines() if "channel" in line]
    assert logged
    assert {is_json(line) for line in logged} == {for_programs}


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
