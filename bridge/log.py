"""The structlog chain: one line per state change, JSON with priorities for the journal, readable on a terminal."""

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
"""Levels as syslog numbers: journald takes `<N>` at the start of a line as the line's priority (sd-daemon(3))."""

SECRET_KEYS = re.compile(
    r"(?i)(?:^|_)(?:password|passwd|secret|token|bearer|authorization|cookie|credential|api_?key|client_secret)(?:$|_)"
)
SECRET_VALUES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\b((?:reply|public|private|sample|bounce)\+)[a-z0-9.]+(@)"), r"\1***\2"),
    (re.compile(r"(?i)\b(bearer|basic|oauth)\s+[a-z0-9._~+/=-]{8,}"), r"\1 ***"),
    (re.compile(r"(?i)([?&](?:access_token|token|key|secret|code|sig|signature)=)[^&\s]+"), r"\1***"),
    (re.compile(r"(?i)(://[^/\s:@]+:)[^/\s@]+(@)"), r"\1***\2"),
)
LONGEST = 2_000
"""Characters of one value; longer ones come from outside and are cut."""
_PLAIN = re.compile(rf"[A-Za-z0-9_.:|+-]{{0,{LONGEST}}}")
"""Values in which no form of a secret fits, for want of @, of a slash, of ? and &, and of a space; most values are such."""


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Stars for secrets, by key and by form, and no control characters from outside (law 7, E18)."""
    return {key: _redacted(key, value) for key, value in event.items()}


def _redacted(key: str, value: object) -> object:
    if SECRET_KEYS.search(key):
        return "***"
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, MutableMapping):
        return {name: _redacted(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(key, inner) for inner in value]
    return value


def _clean(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _scrubbed(text)


def _scrubbed(text: str) -> str:
    for form, stars in SECRET_VALUES:
        text = form.sub(stars, text)
    printable = "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text[:LONGEST])
    return printable if len(text) <= LONGEST else printable + "…"


def _tracebacks() -> Processor:
    """Tracebacks without local variables: those hold tokens and private texts."""
    return structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
    )


class _Journal:
    """JSON, with the priority that journald reads at the start of the line."""

    def __init__(self, *, prefix: bool) -> None:
        self._json = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        self._prefix = prefix

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> str:
        line = self._json(logger, method, event)
        text = line if isinstance(line, str) else line.decode()
        return f"<{PRIORITIES.get(str(event.get('level')), 6)}>{text}" if self._prefix else text


def set_up(level: str, out: TextIO | None = None, *, form: str) -> None:
    """Send every log line of the process through the chain, to standard error or `out`; `level` is a name of PRIORITIES.

    `form` is json for programs, console for people, or auto: for people where the stream is a terminal.
    """
    stream = out or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending = _ending(stream, for_people=form == "console" or (form == "auto" and stream.isatty()))
    number = getattr(logging, level.upper())
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    _take_in_others(shared, ending, stream)


def _ending(stream: TextIO, *, for_people: bool) -> list[Processor]:
    """From an event to its line; colours on a terminal alone."""
    if not for_people:
        return [_tracebacks(), redact, _Journal(prefix="JOURNAL_STREAM" in os.environ)]
    plain = structlog.dev.plain_traceback
    return [redact, structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)]


def _take_in_others(shared: list[Processor], ending: list[Processor], stream: TextIO) -> None:
    """Lines of libraries that use the standard library's logging, warnings and worse only: their debug shows payloads."""
    listener = logging.StreamHandler(stream)
    listener.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [listener]
    root.setLevel(logging.WARNING)
