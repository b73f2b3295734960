"""What tests of every room share: a clock to move, fittings for adapters, a forum, an authority, and the word about missing programs."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Collection, Iterator

import pytest

from bridge.ports import Fittings
from bridge.testing.fakes.forum import Forum
from bridge.testing.fittings import MovableClock
from bridge.testing.fittings import fittings as make_fittings
from bridge.testing.postoffice import PACKAGES, PROGRAMS, PostOffice
from bridge.testing.postoffice import post_office as open_post_office
from bridge.testing.tls import Authority


@pytest.fixture
def clock() -> MovableClock:
    """A clock that the test may move."""
    return MovableClock()


@pytest.fixture
def fittings(clock: MovableClock) -> Fittings:
    """What an adapter is given besides its stanza."""
    return make_fittings(clock)


@pytest.fixture
async def forum() -> AsyncIterator[Forum]:
    """The platform of the sandbox channel, empty."""
    board = Forum(journal=None, brand="acme")
    await board.start()
    yield board
    await board.stop()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Signs certificates of servers under test."""
    return Authority(tmp_path_factory.mktemp("authority"))


def require(programs: Collection[str], packages: Collection[str]) -> None:
    """Skip, or fail where CI is true, when a program is missing; says what was not run and how to get it."""
    searched = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
    missing = sorted(program for program in programs if not shutil.which(program, path=searched))
    if missing:
        leave_out(f"not run, {', '.join(missing)} missing: apt-get install {' '.join(sorted(packages))}")


def leave_out(word: str) -> None:
    """Say what was not run: a failure where CI is true, a skip elsewhere."""
    if os.environ.get("CI") == "true":
        pytest.fail(word)
    pytest.skip(word)


@pytest.fixture(scope="session", name="require")
def require_fixture() -> Callable[[Collection[str], Collection[str]], None]:
    """The function above, for fixtures and tests in other directories."""
    return require


@pytest.fixture(scope="session", name="leave_out")
def leave_out_fixture() -> Callable[[str], None]:
    """The function above, for fixtures and tests in other directories."""
    return leave_out


@pytest.fixture(scope="session")
def post_office() -> Iterator[PostOffice]:
    """A private Postfix and Dovecot, started once a run."""
    require(PROGRAMS, PACKAGES)
    if os.geteuid() != 0:
        leave_out("not run, Postfix's master needs root: run these tests as root")
    with open_post_office() as office:
        yield office
