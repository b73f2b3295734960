"""The docs name everything that there is: commands, log events, adapters, rooms; and what is drawn is drawn anew."""

import ast
import re
import runpy
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import typer.main

from bridge.cli.commands import app
from bridge.config.adapters import kinds

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LEVEL = r"log\.(info|warning|error|exception|debug)"
"""A call that writes a line."""


def text(*names: str) -> str:
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)


@pytest.mark.parametrize("name", ["states", "house", "reasons", "licences", "commands", "metrics", "performance"])
def test_drawn_pages_are_those_of_the_code(name: str) -> None:
    drawn = runpy.run_path(str(DOCS / f"make_{name}.py"))["page"]()

    assert (DOCS / f"{name}.md").read_text(encoding="utf-8") == drawn, f"run: python docs/make_{name}.py"


def commands() -> Iterator[str]:
    def below(command, path: str) -> Iterator[str]:
        inner = {name: sub for name, sub in getattr(command, "commands", {}).items() if not sub.hidden}  # second names
        for name, sub in inner.items():
            yield from below(sub, f"{path} {name}")
        if not inner:
            yield path

    yield from below(typer.main.get_command(app), "bridge")


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_has_help_with_an_example(command: str) -> None:
    found = typer.main.get_command(app)
    for word in command.split()[1:]:
        found = found.commands[word]

    assert f"Example: {' '.join(command.split()[:2])}" in found.help or f"| {command}" in found.help


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_is_in_the_docs(command: str) -> None:
    assert command in text("docs/commands.md"), "run: python docs/make_commands.py"


def events() -> Iterator[str]:
    """First arguments of log calls, and the names in the courier's table of outcomes."""
    for file in (ROOT / "bridge").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and re.fullmatch(LEVEL, ast.unparse(node.func)):
                yield from (part.value for part in node.args[:1] if isinstance(part, ast.Constant))
            elif isinstance(node, ast.Constant) and re.fullmatch(r"effect_[a-z_]+", str(node.value)):
                yield str(node.value)


@pytest.mark.parametrize("event", sorted(set(events())))
def test_every_log_event_is_in_the_docs(event: str) -> None:
    assert f"`{event}`" in text("docs/events.md")
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", event)


def levels() -> Iterator[tuple[str, str]]:
    """Each event that a log call names, with its level."""
    for file in (ROOT / "bridge").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (found := re.fullmatch(LEVEL, ast.unparse(node.func))):
                level = found[1].replace("exception", "error")
                yield from ((part.value, level) for part in node.args[:1] if isinstance(part, ast.Constant))


def test_the_levels_in_the_docs_are_those_of_the_code() -> None:
    told: dict[str, set[str]] = {}
    for names, given in re.findall(r"(?m)^\| (`[^|]+) \| ([a-z, ]+) \|", text("docs/events.md")):
        events = re.findall(r"`(\w+)`", names)
        each = given.split(", ") if ", " in given else [given] * len(events)
        told |= {event: told.get(event, set()) | {level} for event, level in zip(events, each, strict=True)}

    assert sorted((event, level) for event, level in set(levels()) if level not in told[event]) == []


@pytest.mark.parametrize(
    ("room", "kind"), [(room, kind) for room in ("channels", "desks", "inboxes") for kind in kinds(room)]
)
def test_every_adapter_has_its_page_its_test_and_its_example(room: str, kind: str) -> None:
    contracts = {
        "channels": ("ChannelContract", "TextContract"),  # the second where nothing is listed
        "desks": ("DeskContract",),
        "inboxes": ("InboxContract", "MailboxContract"),  # the second where letters are mails
    }[room]
    tests = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob(f"test_*{kind}*.py"))
    examples = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "config").rglob("*.toml"))

    assert (DOCS / room / f"{kind}.md").exists()
    assert any(contract in tests for contract in contracts)
    assert f'kind = "{kind}"' in examples


def test_every_file_says_what_it_is_in_its_first_line() -> None:
    files = [file for room in ("bridge", "tests", "bench", "docs") for file in (ROOT / room).rglob("*.py")]

    assert [str(file) for file in files if ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) is None] == []


def test_the_readme_shows_every_room() -> None:
    readme = text("README.md")
    rooms = sorted(room.name for room in (ROOT / "bridge").iterdir() if (room / "__init__.py").exists())

    assert [room for room in rooms if f"{room}/" not in readme] == []


def test_every_licence_is_compatible_and_listed() -> None:
    page = runpy.run_path(str(DOCS / "make_licences.py"))
    odd = {name: page["licence"](name) for name in page["dependencies"]()}

    assert {name: said for name, said in odd.items() if not page["COMPATIBLE"].search(said)} == {}


def links() -> Iterator[tuple[Path, str]]:
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            yield page, target


def test_links_between_pages_lead_somewhere() -> None:
    assert [f"{page.name} -> {target}" for page, target in links() if not (page.parent / target).exists()] == []


def imported() -> set[str]:
    """Top-level modules that the package imports and that are neither its own nor Python's."""
    names: set[str] = set()
    for file in (ROOT / "bridge").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"bridge"}


def test_whatever_the_package_imports_is_a_dependency_of_its_own() -> None:
    """What comes only by another dependency goes when that one goes."""
    plain = {
        name.lower().replace("_", "-") for name in runpy.run_path(str(DOCS / "make_licences.py"))["dependencies"]()
    }
    of = metadata.packages_distributions()
    sources = {name: {found.lower().replace("_", "-") for found in of.get(name, [name])} for name in imported()}

    assert {name for name, dists in sources.items() if dists.isdisjoint(plain)} == set()


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / "tests/faults").glob("test_*.py")))
def test_each_fault_test_stands_in_the_rows_that_it_names(file: str) -> None:
    first = (ROOT / "tests/faults" / file).read_text(encoding="utf-8").partition("\n")[0]
    rows = {line[2:6]: line for line in text("docs/delivery.md").splitlines() if line.startswith("| FT")}

    assert [name for name in re.findall(r"FT\d\d", first) if f"tests/faults/{file}" not in rows[name]] == []
