"""Laws that the text of the program shows: who may speak to the outside, and that the core knows no time of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import bridge

ROOT = Path(bridge.__file__).parent
SPEAKING = frozenset({"publish", "inject"})
"""Ports' verbs whose effect others see; notices go through a desk's `tell`."""

CLOCKS = frozenset({"now", "utcnow", "today", "monotonic", "perf_counter", "time_ns"})
IMPURE = frozenset(
    {"asyncio", "random", "secrets", "logging", "structlog", "socket", "sqlite3", "sqlalchemy", "aiohttp", "os", "time"}
)


def nodes(*rooms: str) -> Iterator[tuple[str, ast.AST]]:
    for room in rooms:
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                yield file.relative_to(ROOT).as_posix(), node


def test_law_2_only_the_courier_speaks() -> None:
    speakers = {
        file
        for file, node in nodes("shell", "app", "cli")
        if isinstance(node, ast.Attribute)
        and (node.attr in SPEAKING or (node.attr == "tell" and "desks[" in ast.unparse(node.value)))
    }

    assert speakers == {"shell/performing.py"}


def test_law_3_the_core_asks_no_clock() -> None:
    asked = [
        f"{file}:{node.lineno}"
        for file, node in nodes("core", "letters")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]

    assert asked == []


def test_law_3_the_core_knows_neither_loop_nor_chance_nor_machine() -> None:
    found = [
        f"{file}: {name}"
        for file, node in nodes("core", "letters")
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
        if name.partition(".")[0] in IMPURE
    ]

    assert found == []
