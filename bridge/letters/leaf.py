"""One part of a mail, decoded."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One leaf of a mail's tree, decoded."""

    content_type: str
    """Lower case, for example text/plain; a multipart without a usable boundary counts as text/plain."""
    parameters: Mapping[str, str]
    """Of Content-Type, names in lower case."""
    disposition: str
    """inline, attachment, or empty."""
    filename: str
    """The last path component, without control characters; empty where none is given."""
    content_id: str
    """Without angle brackets."""
    payload: bytes
    """Transfer-decoded; of an attached message its source."""
    text: str | None
    """Decoded text of text/* parts, line ends as \\n; None for all others."""
    charset_sure: bool
    """False where the charset is unknown or guessed, or the text holds replacement characters."""
    alternative: int
    """Number of the innermost multipart/alternative that holds this part, from 1 in order; 0 where none does."""

    @property
    def is_shown(self) -> bool:
        """Whether mail programs show its text as the mail's body."""
        return (
            self.content_type in {"text/plain", "text/html"}
            and self.disposition != "attachment"
            and not self.filename
            and bool(self.text)
            and not (self.text or "").isspace()
        )
