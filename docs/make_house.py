"""Draws docs/house.md, every file of the package with its own first sentence; run it after adding a file."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).parent / "house.md"

INTRODUCTION = """\
# The house

Every file says in its first line what it is; this page collects those lines by `python docs/make_house.py`, and a test keeps it complete.
Imports point down this list only: `cli → demo → app → shell, channels, desks, inboxes, judges, store, config, log, testing → access → ports, stanza → letters → core`.

## Laws

Comments and tests name them by number.

1. Only `Store.apply()` writes, and it takes `Decision` values; one decision, one transaction.
2. Only the courier performs effects that others can see; intake reads, and inbound files mail away after what became of it is stored.
3. The core decides, the shell does; the moment is an argument.
4. Same key, same thing: posts, facts, effects and mails have natural unique keys, and applying twice changes nothing.
5. Look before you leap twice: an effect whose outcome is unknown is looked up, after the settle time, before it may be tried again.
6. An adapter raises one of three problems: `TemporaryProblem` (nothing happened, ask again) with its kind `WaitProblem` (not before a time, which the writer is told), `PermanentProblem` (nothing happened, asking won't help) with its kinds `LoginProblem` (a person must renew the login) and `ClosedProblem` (the time for an answer is over, or by `StoppedProblem` the customer ended messages), `UncertainProblem` (it may have happened); anything else counts as uncertain.
7. Secrets and private text never enter an exception, a key of a fact, a metric's label or a log line.
8. A thread header is a hint, not a proof: only the signed address selects the conversation, and only a proven sender may speak.
9. Visibility can only shrink: a private post can produce only a private answer, and the types say so.
10. Everything has a limit of size, time and count; nothing is dropped without a reason and a record.
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
