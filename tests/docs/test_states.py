"""The diagrams in docs/states.md are those of the tables in the code."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_diagrams_are_drawn_from_the_tables() -> None:
    drawn = runpy.run_path(str(DOCS / "make_states.py"))["page"]()

    assert (DOCS / "states.md").read_text(encoding="utf-8") == drawn, "run: python docs/make_states.py"
