"""What a customer's texts say about texts from us that no poll has brought to the store yet: asked before each answer."""

from collections.abc import Iterable

from bridge.channels._smpp.entries import Came
from bridge.channels._smpp.ledger import Ledger
from bridge.channels._smpp.parts import put_together
from bridge.channels._smpp.posts import words
from bridge.channels._smpp.reading import posted_id
from bridge.channels._smpp.settings import Alphabet
from bridge.core.consent import Said, Texting
from bridge.core.publications import Publication


def forbids(ledger: Ledger, texting: Texting, alphabet: Alphabet, *, publication: Publication) -> bool:
    """Whether the last such word is STOP; what answers that very text is its confirmation, which the store has allowed."""
    theirs = publication.author.id
    texts = put_together(_between(ledger.entries.values(), publication.thread, theirs))
    for text in sorted(texts, key=lambda text: text.last, reverse=True):
        said = texting.said(words(text, alphabet), theirs)
        if said in {Said.STOP, Said.START}:
            return said is Said.STOP and posted_id(ledger.name, text.first) != publication.parent
    return False


def _between(entries: Iterable[object], ours: str, theirs: str) -> Iterable[Came]:
    return (one for one in entries if isinstance(one, Came) and (one.source, one.target) == (theirs, ours))
