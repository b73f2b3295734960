"""What is promised of the speed, path by path."""

from collections.abc import Iterator

from scoring import Figure, Goal, Results, Row

_FIRST, _KNOWN = "first poll 100 x 20", "nothing new 1000 x 5"
_IDLE = "idle with 1,000 feeds"
_WAY = "delivered until in hand, IDLE"
_TURN = "turn of a chat: bridge"
_SQLITE = "durable posts/s, SQLite"
_TOKEN = "conversation by id, microseconds"
_GROWN = "posts/s as history grows"
_COURIERS = "bridge, 4 couriers, claims of 100"
_DONE = "bridge, 4 couriers, claimed and done"


def _figure(bench: str, case: str, name: str, who: str = "") -> Figure:
    return Figure(bench=bench, case=case, name=name, who=who)


GOALS = (
    Goal(
        path="feed → mail, first poll, 100 feeds × 20 entries",
        unit="entries/s",
        ours=_figure("mailing", f"{_FIRST}: bridge", "entries_per_second"),
        peer=_figure("mailing", f"{_FIRST}: rss2email", "entries_per_second", "rss2email"),
        by="ratio",
        sense="at least",
        bound=3,
    ),
    Goal(
        path="the same, CPU",
        unit="s per 1,000 entries",
        ours=_figure("mailing", f"{_FIRST}: bridge", "cpu_seconds_per_1000"),
        peer=_figure("mailing", f"{_FIRST}: rss2email", "cpu_seconds_per_1000", "rss2email"),
        by="ratio",
        sense="at most",
        bound=0.4,
    ),
    Goal(
        path="nothing new, 1,000 feeds, whole process",
        unit="feeds/s",
        ours=_figure("mailing", f"{_KNOWN}: bridge run --once", "feeds_per_second"),
        peer=_figure("mailing", f"{_KNOWN}: rss2email", "feeds_per_second", "rss2email"),
        by="ratio",
        sense="at least",
        bound=4,
    ),
    Goal(
        path="nothing new, 1,000 feeds, inside the daemon",
        unit="ms CPU a feed",
        ours=_figure("starting", _IDLE, "cpu_milliseconds_per_feed"),
        by="ours",
        sense="at most",
        bound=0.4,
    ),
    Goal(
        path="nothing new, 100 feeds, 100 ms network, whole process",
        unit="s",
        ours=_figure("mailing", "nothing new, 100 feeds, 100 ms network: bridge run --once", "seconds"),
        by="ours",
        sense="at most",
        bound=1.3,
    ),
    Goal(
        path="one hung host among 20 feeds: last healthy post mailed",
        unit="s",
        ours=_figure("mailing", "one hung host among 20 feeds: bridge", "seconds_until_the_last_healthy_mail"),
        by="ours",
        sense="at most",
        bound=2,
    ),
    Goal(
        path="post and outbox row, durable (SQLite FULL), 20 tasks",
        unit="posts/s",
        ours=_figure("store", _SQLITE, "bridge, 20 tasks"),
        peer=_figure("store", _SQLITE, "plain loop, bare tables", "plain loop"),
        by="ratio",
        sense="at least",
        bound=4,
    ),
    Goal(
        path="token → conversation among 10 million, p99",
        unit="µs",
        ours=_figure("store", _TOKEN, "in the reader's thread, p99"),
        by="ours",
        sense="at most",
        bound=300,
    ),
    Goal(
        path="the same, with the way to the reader's thread and back",
        unit="µs",
        ours=_figure("store", _TOKEN, "with the way there and back, p99"),
        by="ours",
        sense="at most",
        bound=300,
    ),
    Goal(
        path="the map of tokens, each row",
        unit="bytes",
        ours=_figure("store", _TOKEN, "bytes of the map for each"),
        by="ours",
        sense="at most",
        bound=70,
    ),
    Goal(
        path="proxies built and sent, 5 connections",
        unit="mails/s",
        ours=_figure("sending", "bridge: built and sent", "mails_per_second"),
        peer=_figure("sending", "smtplib in 5 threads: sent", "mails_per_second", "smtplib, sent only"),
        by="ours",
        sense="at least",
        bound=1_500,
    ),
    Goal(
        path="replies of 10 KB fetched, parsed, decided, stored",
        unit="letters/s",
        ours=_figure("letters", "bridge", "letters_per_second"),
        by="ours",
        sense="at least",
        bound=1_000,
    ),
    Goal(
        path="the same beside a fetcher",
        unit="letters/s",
        ours=_figure("letters", "bridge", "letters_per_second"),
        peer=_figure("letters", "getmail6", "letters_per_second", "getmail6"),
        by="ratio",
        sense="at least",
        bound=12,
    ),
    Goal(
        path="reply delivered → in hand, with IDLE, median",
        unit="ms",
        ours=_figure("letters", _WAY, "in_hand_milliseconds"),
        peer=_figure("letters", _WAY, "bell_milliseconds", "Dovecot's own delay"),
        by="difference",
        sense="at most",
        bound=20,
    ),
    Goal(
        path="turn of a chat → acknowledged as stored, 10 agents, median",
        unit="ms",
        ours=_figure("chats", _TURN, "median_milliseconds"),
        peer=_figure(
            "chats", "turn of a chat: bare connector", "median_milliseconds", "a connector that stores nothing"
        ),
        by="difference",
        sense="at most",
        bound=50,
    ),
    Goal(
        path="the same, CPU with its publication",
        unit="ms CPU a turn",
        ours=_figure("chats", _TURN, "cpu_milliseconds_per_turn"),
        by="ours",
        sense="at most",
        bound=5,
    ),
    Goal(
        path="idle daemon with 1,000 feeds, memory",
        unit="MiB",
        ours=_figure("starting", _IDLE, "mebibytes_after_12_rounds"),
        by="ours",
        sense="at most",
        bound=100,
    ),
    Goal(
        path="the same, after 12 rounds of polls beside after 3",
        unit="MiB",
        ours=_figure("starting", _IDLE, "mebibytes_after_12_rounds"),
        peer=_figure("starting", _IDLE, "mebibytes_after_3_rounds", "itself before"),
        by="ratio",
        sense="at most",
        bound=1.01,
    ),
    Goal(
        path="idle daemon with 1,000 feeds, polls every 5 minutes",
        unit="% of a core",
        ours=_figure("starting", _IDLE, "percent_of_a_core_at_5_minutes"),
        by="ours",
        sense="at most",
        bound=1,
    ),
    Goal(
        path="fifty channels of mixed kinds, one hung, one with a backlog: latest start of another's poll",
        unit="% of its interval",
        ours=_figure("polling", "fifty channels", "worst_percent_of_interval"),
        by="ours",
        sense="at most",
        bound=5,
    ),
    Goal(
        path="bridge --version",
        unit="ms",
        ours=_figure("starting", "bridge --version", "milliseconds"),
        peer=_figure("starting", "r2e --version", "milliseconds", "r2e --version"),
        by="ours",
        sense="at most",
        bound=100,
    ),
    Goal(
        path="start → ready to poll",
        unit="s",
        ours=_figure("starting", "ready to poll", "seconds"),
        by="ours",
        sense="at most",
        bound=1,
    ),
    Goal(
        path="whole triage call with the shipped rules, one post at a time, one core",
        unit="posts/s",
        ours=_figure("triage", "model", "posts_per_second"),
        by="ours",
        sense="at least",
        bound=5_000,
    ),
    Goal(
        path="the same, beside TF-IDF alone",
        unit="posts/s",
        ours=_figure("triage", "model", "posts_per_second"),
        peer=_figure("triage", "TF-IDF", "posts_per_second", "scikit-learn, TF-IDF and logistic regression"),
        by="ratio",
        sense="at least",
        bound=1,
    ),
    Goal(
        path="the same, loading model and languages",
        unit="s",
        ours=_figure("triage", "model", "loading_seconds"),
        by="ours",
        sense="at most",
        bound=0.2,
    ),
    Goal(
        path="the same, memory that it adds",
        unit="MB",
        ours=_figure("triage", "model", "added_megabytes"),
        by="ours",
        sense="at most",
        bound=60,
    ),
    Goal(
        path="100,000 stored posts replayed against the shipped rules",
        unit="s",
        ours=_figure("backtest", "shipped rules", "seconds"),
        by="ours",
        sense="at most",
        bound=60,
    ),
    Goal(
        path="outbox claims, PostgreSQL, 4 workers",
        unit="rows/s",
        ours=_figure("server", "claims/s", _COURIERS),
        peer=_figure("server", "claims/s", "pgqueuer, 4 workers", "pgqueuer"),
        by="ratio",
        sense="at least",
        bound=2.5,
    ),
    Goal(
        path="the same",
        unit="rows/s",
        ours=_figure("server", "claims/s", _COURIERS),
        peer=_figure("server", "claims/s", "procrastinate, 4 workers", "procrastinate"),
        by="ratio",
        sense="at least",
        bound=40,
    ),
    Goal(
        path="posts stored with a million before, beside with ten thousand",
        unit="posts/s",
        ours=_figure("store", _GROWN, "at 1,000,000 posts"),
        peer=_figure("store", _GROWN, "at 10,000 posts", "with 10,000"),
        by="ratio",
        sense="at least",
        bound=0.8,
    ),
    Goal(
        path="chat, 200 live conversations: customer → agent and back, median",
        unit="ms",
        ours=_figure("chatting", "bridge", "there and back, median ms"),
        peer=_figure("chatting", "slixmpp echo", "there and back, median ms", "a bare slixmpp echo"),
        by="ratio",
        sense="at most",
        bound=2,
    ),
    Goal(
        path="the same, 99th percentile",
        unit="ms",
        ours=_figure("chatting", "bridge", "there and back, 99th percentile ms"),
        peer=_figure("chatting", "slixmpp echo", "there and back, 99th percentile ms", "a bare slixmpp echo"),
        by="ratio",
        sense="at most",
        bound=2,
    ),
)


def rows(results: Results) -> Iterator[Row]:
    """How every goal stands."""
    return (goal.row(results) for goal in GOALS)
