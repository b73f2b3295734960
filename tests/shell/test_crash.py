"""The crash points that the fault tests go through are exactly those that the code can pass."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import bridge
from bridge.core.effects import Effect, Inject, Judge, Tell
from bridge.core.share import Share
from bridge.shell.crash import POINTS

KINDS = {
    ".claimed": (Inject, Tell),
    ".sent": (Inject, Tell),
    ".settled": tuple(kind for kind in get_args(Effect) if kind not in {Judge, Share}),
}
"""Which effects pass a point that is named after the effect at hand."""


def named(argument: ast.expr) -> Iterator[str]:
    """The names that the argument of a crash point may be."""
    match argument:
        case ast.Constant(value=str(name)):
            yield name
        case ast.IfExp(body=one, orelse=other):
            yield from (*named(one), *named(other))
        case ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant(value=str(end))]):
            yield from (f"{kind.__name__.lower()}{end}" for kind in KINDS[end])
        case _:
            pytest.fail(f"a crash point of no known name: {ast.unparse(argument)}")


def passed() -> Iterator[str]:
    for file in Path(bridge.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "crash.point":
                yield from named(node.args[0])


def test_every_point_that_the_code_can_pass_is_gone_through() -> None:
    assert sorted(POINTS) == sorted(passed())
