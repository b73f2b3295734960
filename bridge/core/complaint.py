"""A complaint about the configuration: where, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Complaint:
    """One mistake or danger; printed as `file: key: what`."""

    file: str
    """Relative to the configuration directory; empty where no file is to blame."""
    key: str
    """Dotted, as in `channel.forum.endpoint` or `rule.outage.when.any_word`; empty where it is about the whole file."""
    what: str
    """One lower-case sentence that says what to do, without secrets."""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.what) if part)
