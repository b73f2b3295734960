"""Draws docs/house.md, every file of the package with its own first sentence; run it after adding a file."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).parent / "house.md"

INTRODUCTION = """\
# The house

Every file says in its first line what it is; this page collects those lines by `python docs/make_house.py`, and a test keeps it complete.
Imports point down this list only: `cli → app, demo → shell, channels, desks, inboxes, judges, store, config, log, testing → ports, stanza → letters → core`.
"""


def page() -> str:
    """The whole page, rooms in alphabetical order, files within them too."""
    files = sorted(ROOT.glob("bridge/**/*.py"))
    rooms = sorted({file.parent for file in files})
    return INTRODUCTION + "".join(_room(room, [file for file in files if file.parent == room]) for room in rooms)


def _room(room: Path, files: list[Path]) -> str:
    door = room / "__init__.py"
    head = f"\n## `{room.relative_to(ROOT)}/`\n\n{_sentence(door) if door.exists() else ''}\n\n"
    lines = [f"- `{file.name}`: {_sentence(file)}\n" for file in files if file != door]
    return head + "".join(lines)


def _sentence(file: Path) -> str:
    """The first line of the file's docstring."""
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n")[0]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
