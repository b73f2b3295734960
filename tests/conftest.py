"""What tests of every room share: a clock to move, fittings for adapters, and the word about missing programs."""

import os
import shutil
from collections.abc import Collection

import pytest

from bridge.ports import Fittings
from bridge.testing.fittings import MovableClock
from bridge.testing.fittings import fittings as make_fittings


@pytest.fixture
def clock() -> MovableClock:
    """A clock that the test may move."""
    return MovableClock()


@pytest.fixture
def fittings(clock: MovableClock) -> Fittings:
    """What an adapter is given besides its stanza."""
    return make_fittings(clock)


def require(programs: Collection[str], packages: Collection[str]) -> None:
    """Skip, or fail where CI is true, when a program is missing; says what was not run and how to get it."""
    searched = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
    missing = sorted(program for program in programs if not shutil.which(program, path=searched))
    if not missing:
        return
    word = f"not run, {', '.join(missing)} missing: apt-get install {' '.join(sorted(packages))}"
    if os.environ.get("CI") == "true":
        pytest.fail(word)
    pytest.skip(word)


@pytest.fixture(scope="session", name="require")
def require_fixture() -> object:
    """The function above, for fixtures and tests in other directories."""
    return require
