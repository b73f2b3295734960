"""Where letters are put away: one folder for each kind of outcome, the same in every inbox."""

from base64 import b64encode
from itertools import groupby
from typing import Annotated

from pydantic import Field

from bridge.core.replies import LetterOutcome
from bridge.stanza import Stanza

_PROCESSED = {LetterOutcome.ANSWER, LetterOutcome.COMMAND, LetterOutcome.REPLAY}
_AUTOMATIC = {LetterOutcome.AUTOMATIC, LetterOutcome.BOUNCE}


FolderName = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f/\\%*\s.][^\x00-\x1f\x7f/\\%*]{0,99}$")]
"""A name that no mail server and no file system takes for a path or a pattern."""


class Folders(Stanza):
    """Names of the folders, as people see them in their mail client."""

    processed: FolderName = Field(default="Processed", description="Answers, commands, and copies of what was known.")
    held: FolderName = Field(default="Held", description="What a person should look at: held, refused, not ours.")
    automatic: FolderName = Field(default="Automatic", description="What no person wrote: bounces, acknowledgements.")

    @property
    def all(self) -> tuple[str, ...]:
        """Each of them once."""
        return tuple(dict.fromkeys((self.processed, self.held, self.automatic)))

    def of(self, outcome: LetterOutcome) -> str:
        """The folder for an outcome; what is not known to need no look gets one."""
        if outcome in _PROCESSED:
            return self.processed
        return self.automatic if outcome in _AUTOMATIC else self.held


def wire_name(name: str) -> str:
    """A folder's name in modified UTF-7, as IMAP servers and Maildirs spell it (RFC 3501 5.1.3)."""
    runs = groupby(name, key=lambda letter: " " <= letter <= "~")
    return "".join(_plain(run) if plain else _shifted(run) for plain, letters in runs for run in ("".join(letters),))


def _plain(run: str) -> str:
    return run.replace("&", "&-")


def _shifted(run: str) -> str:
    coded = b64encode(run.encode("utf-16-be")).decode().rstrip("=")
    return f"&{coded.replace('/', ',')}-"
