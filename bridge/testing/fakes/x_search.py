"""The part of X's search language that the fake understands; everything else it refuses, as X does."""

import re
from collections.abc import Callable

from bridge.testing.fakes.x_world import Told, World

LONGEST = 512
_TOKEN = re.compile(r'"[^"]*"|\(|\)|[^\s()]+')

Test = Callable[[Told], bool]


def compiled(query: str, world: World) -> Test:
    """What a query means; raises ValueError where X would refuse it."""
    if not 0 < len(query) <= LONGEST:
        raise ValueError("the query is empty or too long")
    tokens = _TOKEN.findall(query)
    test, rest = _either(tokens, world)
    if rest:
        raise ValueError("a bracket is closed that was never opened")
    if all(token.startswith(("-", "lang:")) for token in tokens):
        raise ValueError("the query needs a condition that can stand alone")
    return test


def _either(tokens: list[str], world: World) -> tuple[Test, list[str]]:
    """Alternatives, each of conditions that must all be met."""
    alternatives: list[list[Test]] = [[]]
    while tokens and tokens[0] != ")":
        if tokens[0] == "OR":
            alternatives.append([])
            tokens = tokens[1:]
        elif tokens[0] == "(":
            inner, tokens = _either(tokens[1:], world)
            if not tokens:
                raise ValueError("a bracket is never closed")
            alternatives[-1].append(inner)
            tokens = tokens[1:]
        else:
            alternatives[-1].append(_condition(tokens[0], world))
            tokens = tokens[1:]
    if not all(alternatives):
        raise ValueError("OR stands alone")
    return (lambda told: any(all(test(told) for test in tests) for tests in alternatives)), tokens


def _condition(token: str, world: World) -> Test:
    if token.startswith("-"):
        inner = _condition(token[1:], world)
        return lambda told: not inner(told)
    name, colon, value = token.partition(":")
    if not colon or token.startswith('"'):
        words = token.strip('"').lower()
        return lambda told: words in told.text.lower()
    if name in {"conversation_id", "quotes_of_tweet_id", "in_reply_to_tweet_id"} and not value.isdigit():
        raise ValueError(f"{name} needs a number")
    tests: dict[str, Test] = {
        "conversation_id": lambda told: str(told.conversation) == value,
        "quotes_of_tweet_id": lambda told: told.quotes is not None and str(told.quotes) == value,
        "in_reply_to_tweet_id": lambda told: told.reply_to is not None and str(told.reply_to) == value,
        "from": lambda told: value.lower() in {str(told.author), world.people[told.author].username.lower()},
        "lang": lambda told: value == "en",  # noqa: ARG005 - all posts of the fake are English
        "is": lambda told: value == "retweet" and told.reposts is not None,
    }
    if name not in tests:
        raise ValueError(f"there is no operator {name}")
    return tests[name]
