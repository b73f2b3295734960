"""What every fuzz target shares: coverage-guided search from seeds of our own making, for so many seconds, with limits on time and memory.

A crash, an input that takes longer than the limit, or too much memory ends the run with a code that is not 0;
the input lies in `found/` then, and `python fuzz/NAME.py --again FILE` shows the same once more.
"""

import argparse
import hashlib
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import atheris

HERE = Path(__file__).parent
SLOW = 10
"""Seconds that one input may take: bytecode that is watched is several times slower, on machines that do other things too."""
MEBIBYTES = 768
"""Memory of the whole process; the libraries and the record of what was covered take a third of it."""
LONGEST = 16_384
"""Bytes of an input: structure is searched, not size, which has tests of its own."""


def drive(name: str, once: Callable[[bytes], None], seeds: Iterable[bytes]) -> None:
    """Search for inputs that make `once` raise; what reaches new places is kept in the corpus for the next time."""
    given = _given()
    corpus = given.corpus or HERE / "corpus" / name
    found = HERE / "found"
    for directory in (corpus, found):
        directory.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (corpus / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)
    limits = [
        f"-max_total_time={given.seconds}",
        f"-timeout={SLOW}",
        f"-rss_limit_mb={MEBIBYTES}",
        f"-max_len={LONGEST}",
        f"-seed={given.seed}",
    ]
    what = [str(given.again)] if given.again else [str(corpus)]
    _leave_to_a_child()
    atheris.Setup([name, *limits, f"-artifact_prefix={found}/{name}-", "-print_final_stats=1", *what], once)
    atheris.Fuzz()


def _leave_to_a_child() -> None:
    """Go on in a child whose memory is counted from nothing; the parent ends with the child's code.

    libFuzzer reads the peak of getrusage(2), and a program that is started by exec inherits the peak of who started it:
    a test run that had grown large would be taken for a reader that eats memory.
    """
    if child := os.fork():
        _, status = os.waitpid(child, 0)
        sys.exit(os.waitstatus_to_exitcode(status))


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60, help="how long to search")
    parser.add_argument("--seed", type=int, default=0, help="where the search begins; 0 for another place each time")
    parser.add_argument("--corpus", type=Path, help="where inputs worth keeping lie; fuzz/corpus/NAME if not given")
    parser.add_argument("--again", type=Path, help="only run the input of this file")
    return parser.parse_args()
