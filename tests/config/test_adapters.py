"""Kinds are modules found by name; what is missing is told with the command that brings it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.config.adapters import NoAdapter, adapter, kinds

OWN = """
from bridge.stanza import Stanza
class Settings(Stanza):
    colour: str
def build(name, settings, fittings):
    return None
"""


@pytest.fixture
def own_modules(tmp_path: Path) -> Iterator[Path]:
    """A place on the module path where an operator's own adapters may lie."""
    sys.path.insert(0, str(tmp_path))
    yield tmp_path
    sys.path.remove(str(tmp_path))


def test_a_plain_kind_is_ours() -> None:
    assert adapter("desks", "smtp").settings.__module__ == "bridge.desks.smtp"


def test_a_dotted_kind_is_somebody_elses_module(own_modules: Path) -> None:
    (own_modules / "acme_fax").mkdir()
    (own_modules / "acme_fax" / "desk.py").write_text(OWN)
    assert "colour" in adapter("desks", "acme_fax.desk").settings.model_fields


def test_a_missing_library_is_told_with_the_extra_that_brings_it(own_modules: Path) -> None:
    (own_modules / "acme_needy").mkdir()
    (own_modules / "acme_needy" / "desk.py").write_text("import no_such_library\n")
    with pytest.raises(NoAdapter, match=r"needs the library no_such_library: pip install 'bridge\[all\]'"):
        adapter("desks", "acme_needy.desk")


def test_private_modules_are_no_kinds() -> None:
    assert {"smtp", "maildir"} <= set(kinds("desks"))
    assert not any(kind.startswith("_") for room in ("channels", "desks", "inboxes") for kind in kinds(room))
    with pytest.raises(NoAdapter, match="there is no kind _paper"):
        adapter("desks", "_paper")
