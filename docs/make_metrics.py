"""Draws docs/metrics.md from the table of metrics; run it after a change of it."""

from pathlib import Path

from bridge.app.metrics import FAMILIES

PAGE = Path(__file__).parent / "metrics.md"

INTRODUCTION = """\
# Metrics

Set `[bridge.status] listen = "127.0.0.1:9468"`; then `/metrics` speaks Prometheus' text format, `/healthz` answers while the loop turns, and `/readyz` says 503 and why while the daemon does not do its whole work.
Drawn from `bridge/app/metrics.py` by `python docs/make_metrics.py`; a test keeps it equal.

| metric | type | labels | meaning |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    rows = (
        f"| `{name}` | {kind} | {', '.join(labels)} | {text} |\n" for name, (kind, labels, text) in FAMILIES.items()
    )
    return INTRODUCTION + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
