"""Fuzz target: a rules file is taken or complained about, whatever stands in it; what is taken judges every post."""

from zoneinfo import ZoneInfo

import atheris
from driving import HERE, drive

with atheris.instrument_imports(include=["bridge"]):
    from bridge.config import files
    from bridge.config.rule_files import RuleFiles
    from bridge.core.complaint import Complaint
    from bridge.core.rules.judging import compile_rules, explain, judge
    from bridge.core.rules.lints import lint
    from bridge.core.rules.vocabulary import Situation
    from bridge.testing import making

POSTS = [
    making.post(text=text) for text in ("Please help, the shop is down!", "größe ÉTÉ ☕ https://a.test/x 12", "", "help " * 200)
]  # fmt: skip
SITUATION = Situation(now=making.NOW, lang="en", labels={"complaint": 0.8})
LISTS = {"lists/places.txt": "Kiel\n# a comment\nLübeck\n"}


def once(octets: bytes) -> None:
    """Read, compile and judge as the daemon does."""
    table = files.parsed("rules.d/x.toml", octets.decode("utf-8", "replace"))
    if isinstance(table, Complaint):
        return
    read = RuleFiles(lists=LISTS, zone=ZoneInfo("UTC"))
    read.add("rules.d/x.toml", table)
    if read.complaints:
        return
    rules = compile_rules(read.rules, tuple(read.routes), read.examples)
    lint(rules, ())
    for post in POSTS:
        assert judge(rules, post, SITUATION).desk == explain(rules, post, SITUATION).desk


if __name__ == "__main__":
    shipped = sorted((HERE.parent / "config/rules.d").glob("*.toml"))
    whole = [path.read_bytes() for path in shipped]
    pieces = [b"[[" + piece for text in whole for piece in text.split(b"\n[[")[1:]]
    drive("rules", once, [*whole, *pieces])
