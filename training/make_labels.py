"""Makes bridge/judges/shipped/labels.model: priors for thanks and spam, out of data whose licences allow it.

Sources: GoEmotions (CC BY 4.0), MultiDoGO (CDLA-Permissive 1.0), SMS Spam Collection (CC BY 4.0), Banking77 (CC BY 4.0),
CLINC150 (CC BY 3.0), Bitext's customer support sample (CDLA-Sharing 1.0: a model is a result computed from it).
Of posts first written on a social network only GoEmotions is in it, which its publisher licensed for that.
Run it with the folder of the JSON lines: .venv/bin/python training/make_labels.py FOLDER
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from bridge.judges import modelfile
from bridge.judges.lexicon import GROUPS
from bridge.judges.model import SHIPPED, content
from bridge.judges.signs import hints, signs
from bridge.judges.terms import Terms, terms
from bridge.judges.tokens import tokens
from bridge.judges.training import Lesson, train

SOURCES = {
    "gratitude": "GoEmotions (Demszky et al. 2020), CC BY 4.0",
    "dialogue_act": "MultiDoGO (Peskov et al. 2019), CDLA-Permissive 1.0",
    "spam": "SMS Spam Collection (Almeida et al. 2011), CC BY 4.0",
    "banking77": "Banking77 (Casanueva et al. 2020), CC BY 4.0",
    "clinc150": "CLINC150 (Larson et al. 2019), CC BY 3.0",
    "support_intent": "Bitext customer support sample, CDLA-Sharing 1.0",
}
THANKING = frozenset({"gratitude", "thankyou"})
EVERY = {"banking77": 3, "clinc150": 3, "support_intent": 3}
"""Of the sets that only say what is neither thanks nor spam, each third text."""


def rows(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Set, text and label of each row."""
    for name in SOURCES:
        with (folder / f"{name}.jsonl").open(encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                yield name, row["text"], row["label"]


def lessons(folder: Path) -> tuple[list[Lesson], list[Lesson]]:
    """For thanks and for spam; in MultiDoGO a closing greeting may or may not thank, so it teaches neither."""
    thanks, spam = [], []
    for number, (name, text, label) in enumerate(rows(folder)):
        if number % EVERY.get(name, 1) or label == "closinggreeting":
            continue
        found = tokens(text)
        learned = terms(found, hints(text, found, signs(text, found)))
        thanks.append(Lesson(terms=learned, label="thanks" if label in THANKING else "other"))
        if name != "gratitude":
            spam.append(Lesson(terms=_without_links(text, found), label="spam" if label == "spam" else "other"))
    return thanks, spam


def _without_links(text: str, found: list[str]) -> Terms:
    """Terms without links, style and signs: in these sets only spam has links and capitals, on networks everybody does."""
    told = [hint for hint in hints(text, found, signs(text, found)) if hint.split()[0] in GROUPS]
    return terms([token for token in found if token.isalpha()], told)


def main() -> None:
    """Write the file."""
    thanks, spam = lessons(Path(sys.argv[1]))
    heads = [train(task, taught, progress=lambda _done: None) for task, taught in (("thanks", thanks), ("spam", spam))]
    about = {"sources": SOURCES, "rows": {"thanks": len(thanks), "spam": len(spam)}}
    modelfile.write(SHIPPED, content(heads, about=about, asks_rules=False))


if __name__ == "__main__":
    main()
