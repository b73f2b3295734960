"""Reddit's headers about its limit, as the room of limits reads them: seconds from now become a moment, and what was used is added up."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from multidict import CIMultiDict, CIMultiDictProxy

from bridge.channels._http import Answer

LIMITS = "X-Ratelimit"
"""How the headers' names begin; the window is ten minutes (reddit.com/dev/api)."""

_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?")


def translated(answer: Answer, now: datetime) -> Answer:
    """The answer with a limit and a moment, where it tells what is needed for them."""
    numbers = _numbers(answer.headers)
    if numbers is None:
        return answer
    used, left, seconds = numbers
    told = {
        f"{LIMITS}-Limit": str(round(used + left)),
        f"{LIMITS}-Remaining": str(math.floor(left)),
        f"{LIMITS}-Reset": str(math.ceil((now + timedelta(seconds=seconds)).timestamp())),
    }
    headers = CIMultiDict(answer.headers)
    headers.update(told)
    return replace(answer, headers=CIMultiDictProxy(headers))


def _numbers(headers: Mapping[str, str]) -> tuple[float, float, float] | None:
    given = [headers.get(f"{LIMITS}-{what}", "") for what in ("Used", "Remaining", "Reset")]
    if not all(_NUMBER.fullmatch(each) for each in given):
        return None
    used, left, seconds = map(float, given)
    return used, left, seconds
