"""Each law of the design is broken twice on purpose, in a copy of the program, and some test must notice."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Sabotage:
    """One piece of source, what stands in its place, and the test that must fail for it."""

    law: int
    file: str
    text: str
    instead: str
    test: str


def sabotage(law: int, file: str, text: str, instead: str, test: str) -> Sabotage:
    return Sabotage(law=law, file=f"bridge/{file}", text=text, instead=instead, test=f"tests/{test}")


_CONTRACT = "store/test_contract.py::TestMemory::"
_GATES = "core/test_gates.py::test_each_case_of_the_threat_model_is_stopped"

SABOTAGES = (
    # 1: only apply writes; one decision, one transaction.
    sabotage(
        1, "store/writer.py",
        "        except DBAPIError as problem:\n            self.database.rollback()\n            raise self._judged",
        "        except DBAPIError as problem:\n            self.database.commit()\n            raise self._judged",
        "store/test_grouping.py::test_a_failure_at_any_statement_leaves_nothing_half_written[file]",
    ),
    sabotage(
        1, "store/plan.py",
        "    _check_record(view, prepared)\n    _check_cursor(view, prepared)\n",
        "    _add_facts(changes, view, prepared, now)\n    _check_record(view, prepared)\n    _check_cursor(view, prepared)\n",
        f"{_CONTRACT}test_a_stale_decision_changes_nothing_else_either",
    ),
    # 2: only the courier speaks; inbound files mail away after apply.
    sabotage(
        2, "shell/inbound.py",
        "        outcome = await see_through(house, letter, envelope)\n",
        "        await house.inboxes[letter.inbox].file(letter, LetterOutcome.HELD)\n"
        "        outcome = await see_through(house, letter, envelope)\n",
        "shell/test_inbound.py",
    ),
    sabotage(
        2, "shell/intake.py",
        "        page = await house.channels[name].poll(before)\n",
        "        page = await house.channels[name].poll(before)\n"
        "        if page.account is None:\n            house.channels[name].publish(page)\n",
        "laws/test_boundaries.py::test_law_2_only_the_courier_speaks",
    ),
    # 3: the core decides, and `now` is an argument.
    sabotage(
        3, "core/settle.py",
        "    due = at.now + pause\n",
        "    due = type(at.now).now(at.now.tzinfo) + pause\n",
        "core/test_settle.py::test_what_certainly_did_not_happen_is_tried_again",
    ),
    sabotage(
        3, "core/arrivals.py",
        "from hashlib import sha256\n",
        "import random\nfrom hashlib import sha256\n",
        "laws/test_boundaries.py::test_law_3_the_core_knows_neither_loop_nor_chance_nor_machine",
    ),
    # 4: same key, same thing.
    sabotage(
        4, "store/plan.py",
        "    if prepared.once and prepared.once in view.facts:\n        return False\n",
        "",
        f"{_CONTRACT}test_a_decision_with_a_known_key_is_skipped_whole",
    ),
    sabotage(
        4, "core/arrivals.py",
        "new = [s for s in theirs if s.post.id not in known]",
        "new = list(theirs)",
        "core/test_arrivals.py::test_known_posts_are_absorbed",
    ),
    # 5: look before you leap twice.
    sabotage(
        5, "core/settle.py",
        "    due = max(at.now, ended) + limits.settle\n",
        "    due = max(at.now, ended)\n",
        "core/test_settle.py::test_a_doubtful_publication_waits_and_is_looked_up",
    ),
    sabotage(
        5, "core/effects.py",
        "    State.UNSURE: frozenset({State.RUNNING, ",
        "    State.UNSURE: frozenset({State.READY, State.RUNNING, ",
        "core/test_phases.py::test_doubt_never_goes_straight_back_to_sending",
    ),
    # 6: three problems; anything else is uncertain.
    sabotage(
        6, "channels/_http.py",
        "    return Lost(fate=Fate.UNKNOWN if written else Fate.UNSENT, ",
        "    return Lost(fate=Fate.UNSENT, ",
        "channels/test_http.py::test_once_a_byte_was_written_nothing_is_certain",
    ),
    sabotage(
        6, "channels/_problems.py",
        '            return UncertainProblem(f"{host} answers with status {status}: it may',
        '            return TemporaryProblem(f"{host} answers with status {status}: it may',
        "channels/test_http.py::test_a_refused_publication",
    ),
    # 7: no secret and no private text where it could be read.
    sabotage(
        7, "letters/address.py",
        "    keys: Mapping[str, bytes] = field(repr=False)\n",
        "    keys: Mapping[str, bytes]\n",
        "letters/test_address.py::test_keys_never_show",
    ),
    sabotage(
        7, "channels/_http.py",
        "    body: bytes = field(repr=False)\n",
        "    body: bytes\n",
        "channels/test_http.py::test_an_answer_shows_neither_its_address_nor_its_words",
    ),
    # 8: a thread header is a hint; address and sender decide.
    sabotage(
        8, "core/rights.py",
        "    if case.reading.conversations or case.reading.forged:\n",
        "    if case.reading.conversations or case.reading.forged or case.reading.in_reply_to:\n",
        _GATES,
    ),
    sabotage(
        8, "core/rights.py",
        'PROOFS = frozenset({"dmarc", ',
        'PROOFS = frozenset({"spf", "dmarc", ',
        _GATES,
    ),
    # 9: visibility can only shrink.
    sabotage(
        9, "core/case.py",
        "        return Visibility.PRIVATE if private or self.reading.asks(",
        "        return Visibility.PRIVATE if self.reading.asks(",
        "core/test_gate_walk.py::test_law_9_a_private_conversation_is_answered_in_private_whatever_is_asked",
    ),
    sabotage(
        9, "core/voice.py",
        "    if overlap.shared(",
        "    if not overlap.shared(",
        _GATES,
    ),
    # 10: everything has a limit, and nothing is dropped without a record.
    sabotage(
        10, "channels/_body.py",
        "        if wire > limits.wire:\n",
        "        if wire < 0:\n",
        "channels/test_body.py::test_what_is_too_large_or_cannot_be_unpacked_is_no_answer",
    ),
    sabotage(
        10, "core/arrivals.py",
        "        quarantined=page.quarantined,\n",
        "",
        "core/test_arrivals.py::test_a_gap_and_what_could_not_be_read_are_on_record",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The program, to be broken."""
    place = tmp_path_factory.mktemp("broken")
    shutil.copytree(ROOT / "bridge", place / "bridge")
    yield place
    shutil.rmtree(place)


def run(copy: Path, *tests: str) -> "subprocess.CompletedProcess[str]":
    """Run tests of the repository against the copy."""
    plugins = ("-p", "pytest_asyncio.plugin", "-p", "pytest_timeout", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", "-q", "-x", *plugins, "-c", str(ROOT / "pyproject.toml")]
    environment = {
        **os.environ,
        "PYTHONPATH": str(copy),
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # half of the time would go into plugins that nobody needs here
        "PYTEST_ADDOPTS": f"--basetemp={copy / 'tmp'}",
    }
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        [*command, f"--rootdir={ROOT}", *(str(ROOT / test) for test in tests)],
        cwd=copy, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_every_law_is_broken_twice() -> None:
    assert Counter(one.law for one in SABOTAGES) == dict.fromkeys(range(1, 11), 2)


def test_unbroken_the_copy_passes(copy: Path) -> None:
    """Otherwise a test that fails would prove nothing."""
    probe = copy / "test_probe.py"
    probe.write_text(f'import bridge\n\n\ndef test_it() -> None:\n    assert bridge.__file__.startswith("{copy}")\n')
    done = run(copy, *dict.fromkeys(one.test for one in SABOTAGES), str(probe))

    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("one", SABOTAGES, ids=[f"law{one.law}-{n % 2 + 1}" for n, one in enumerate(SABOTAGES)])
def test_a_broken_law_is_noticed(one: Sabotage, copy: Path) -> None:
    file = copy / one.file
    whole = file.read_text(encoding="utf-8")
    assert whole.count(one.text) == 1, "what is to be broken is not there any more: choose another place"
    file.write_text(whole.replace(one.text, one.instead), encoding="utf-8")
    try:
        done = run(copy, one.test)
    finally:
        file.write_text(whole, encoding="utf-8")

    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout[-3000:]
    assert " failed" in done.stdout
    assert "rror collecting" not in done.stdout
