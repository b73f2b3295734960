"""What the machine or the unit's limits have too little of: the trouble of no post and no letter (H05, H06)."""

import errno
from collections.abc import Mapping

LIMITS: Mapping[str, str] = {"memory": "MemoryMax", "descriptors": "LimitNOFILE", "threads": "TasksMax"}
"""What may be short, and the setting of the unit that bounds it."""

_NUMBERS = {errno.EMFILE: "descriptors", errno.ENFILE: "descriptors", errno.ENOMEM: "memory"}


def short_of(problem: BaseException) -> str:
    """Which of LIMITS a problem speaks of; empty where it is another one."""
    match problem:
        case MemoryError():
            return "memory"
        case OSError(errno=number):
            return _NUMBERS.get(number or 0, "")
        case RuntimeError() if "start new thread" in str(problem):  # CPython has no class of its own for it
            return "threads"
        case _:
            return ""
