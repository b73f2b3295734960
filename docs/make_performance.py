"""Draws docs/performance.md from the last run of `make bench`; run it after one on a quiet machine."""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).parent / "performance.md"
RESULTS = ROOT / "bench" / "results.json"

INTRODUCTION = """\
# Performance

`make bench` measures every path beside what one would pick instead, one after the other on the same machine, and prints the table below.
The peers live in an environment of their own, `.venv/peers`; every figure of the run is kept in `bench/results.json`.
`make bench ONLY=mailing` measures one of them anew and keeps the rest.
Drawn from that file by `python docs/make_performance.py`; a test keeps it equal.

Quote the ratios, never a single figure: another machine, or the same one with neighbours, gives other figures and nearly the same ratios.
"""

HOW = """\
## What is measured, and how

- **Feeds to mails** (`bench/mailing.py`): the whole daemon as an operator starts it, from the start of the process until Postfix's `smtp-sink` has the last mail, beside `r2e run` on the same server and the same sink; medians of three turns. Rules and the shipped model are on, every post is stored durably, and each tag is looked for in the mails, so that an entry that is missing or comes twice ends the run. With nothing new it is `bridge run --once`, start and stop included.
- **Fifty channels** (`bench/polling.py`): one daemon with feeds, Discourse, NodeBB, Mastodon and the sandbox's forums, each polled every ten seconds, while ten customers a second write, one feed's host says nothing and one forum has a backlog of two thousand posts. A stopwatch beside the daemon notes how much later than planned each turn of the others began.
- **The feed channel alone** (`bench/feeds.py`): polls beside a bare script of aiohttp, fastfeedparser and nh3.
- **Store** (`bench/store.py`): SQLite with `synchronous=FULL`; the plain loop is the standard library's `sqlite3` with one commit a post on the barest tables that would do. Ten million conversations are looked up in a random order, and a million posts stored.
- **PostgreSQL** (`bench/server.py`): one private cluster with fsync for all. Ours claims a hundred rows at a time; the file also has the figure with every row settled, each by a decision of its own, which is what the queues do with jobs that do nothing.
- **Proxies** (`bench/compose.py`, `bench/sending.py`): rendered, composed, read back and handed over by the desk to `smtp-sink` over five connections, beside smtplib in five threads with finished mails.
- **Chat** (`bench/chatting.py`): two hundred live conversations with ten agents on a real Prosody, each customer speaking every four seconds, beside a bare slixmpp component that sends each message back; the agents are a process of their own, the same for both.
- **Replies** (`bench/letters.py`): a thousand posts become proxies through a real Postfix; an answer of 10 KB to each lies in a real Dovecot; then the daemon's own inbox path fetches, reads, decides, stores and files them, beside getmail6 that moves the same letters into a Maildir. With IDLE, the time from Dovecot's yes to the letter in hand stands beside a bare connection that only waits for the server's word.
- **Chats** (`bench/chats.py`): ten agents speak at once in forty conversations, and each waits until a turn is acknowledged, which means stored with every commit durable; beside the connector of the documentation, which checks a signature and stores nothing.
- **Reading replies** (`bench/replies.py`) and **rules** (`bench/rules.py`): CPU alone, beside two reply parsers, `re` in a loop and RE2's filter.
- **Triage** (`bench/triage.py`): language, labels, rules and the verdict with its reasons, each post of the corpus once, beside scikit-learn's TF-IDF and logistic regression; CPU alone.
- **Replaying** (`bench/backtest.py`): what `bridge rules backtest` does with 100,000 fresh posts of 200 characters that stand in a store with their verdicts, reading and comparing included.
- **Starting and resting** (`bench/starting.py`): `bridge --version`, the start until the log says `started`, and a daemon with a thousand feeds: memory after the third and the twelfth round of polls, CPU of the rounds between, and what both come to at polls every five minutes. The package is compiled to bytecode before, as an installed one is.
"""


def page() -> str:
    """The whole page."""
    run = json.loads(RESULTS.read_text(encoding="utf-8"))
    sys.path.insert(0, str(ROOT / "bench"))
    goals, scoring = importlib.import_module("goals"), importlib.import_module("scoring")
    lines = [scoring.HEADINGS, ("---",) * len(scoring.HEADINGS), *(row.cells for row in goals.rows(run["results"]))]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return f"{INTRODUCTION}\n{table}\n{_machine(run)}\n{HOW}"


def _machine(run: dict[str, Any]) -> str:
    """Where the figures are from, and when each was taken."""
    told, turns = run["machine"], dict.fromkeys(run["results"], "") | run.get("when", {})
    if "measured" in told:  # a run of all, before each had its own date
        turns = {name: turn or f"{told['measured']}, when on average {told['load']}" for name, turn in turns.items()}
    together = {turn: ", ".join(name for name in turns if turns[name] == turn) for turn in turns.values()}
    return (
        f"## Where\n\nOn {told['processor']}; {told['system']}; CPython {told['python']}.\n"
        f"Peers: {told['peers']}.\n\n"
        f"{''.join(f'- {names}: {turn}.{chr(10)}' for turn, names in together.items())}"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
