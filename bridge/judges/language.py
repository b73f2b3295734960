"""Language of short posts: by script where that tells, else by the words' pieces; "und" where nothing does."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from pathlib import Path

from bridge.judges import modelfile, scripts
from bridge.judges.recent import Recent
from bridge.judges.rows import Rows
from bridge.judges.telling import SPEAKING, TELLING

UNDETERMINED = "und"
_FILE = Path(__file__).parent / "shipped" / "languages.model"
_WORDS = 24
"""Different words that are looked at: more make nothing surer."""
_LONGEST_WORD = 32
"""Octets of a word that are looked at: so the costs of all words can't overflow their sixteen bits."""
_REMEMBERED = 12_000
"""Words whose costs are kept, and as many again that were used before."""
_UNTOLD = 6
"""What a small word costs each language that does not have it, in the table's units (half a natural logarithm)."""
_FOREIGN = 1.5
"""How much less a language that nobody configured must cost a letter before the text counts as that language's."""
_RARE = 0.3
"""The same for a language that few posts are in, where no language is configured."""
_FREQUENT = (
    "ar az be bg ca cs da de en es et fa fi fr hi hr hu id it lt lv mr nb nl pl pt ro ru sk sl sr sv sw tl tr uk ur vi"
)
_COMMON = frozenset(_FREQUENT.split())
_Word = tuple[tuple[tuple[str, int], ...], int]
"""How much a word speaks for each script, and what it costs each language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What each piece of a word costs each language: eight bits a language, the languages side by side."""

    languages: tuple[str, ...]
    rows: Rows
    """At which row of `costs` a piece's costs stand, by its octets as a number."""
    costs: bytes

    def cost(self, word: str) -> int:
        """What the word costs, added up over its pieces: the longest known piece that ends at each letter."""
        text = b" %s " % word.encode()[:_LONGEST_WORD]
        width, costs = len(self.languages), self.costs
        wide = bytearray(2 * width)  # sixteen bits a language, so that costs can be added up all at once
        total = _missing(self.languages, TELLING[word]) if word in TELLING else 0
        for row in self.rows.endings(text):
            wide[::2] = costs[row * width : (row + 1) * width]
            total += int.from_bytes(wide, "little")
        return total


@cache
def _table() -> _Table:
    """The shipped table, read from its file once for all finders."""
    model = modelfile.read(_FILE, "languages")
    languages = tuple(model.about["languages"])
    pieces, count = model.sections["pieces"], int(model.about["pieces"])
    numbers, at = array("Q"), 0
    for length in model.sections["lengths"]:
        numbers.append(int.from_bytes(pieces[at : at + length], "big"))
        at += length
    costs = bytearray(len(languages) * count)
    for number in range(len(languages)):
        costs[number :: len(languages)] = model.sections["costs"][number * count : (number + 1) * count]
    return _Table(languages=languages, rows=Rows(numbers), costs=bytes(costs))


def _missing(languages: Sequence[str], having: frozenset[str]) -> int:
    """The cost of a small word, for the languages that have their own and lack this one."""
    costs = (_UNTOLD if name in SPEAKING and name not in having else 0 for name in languages)
    return int.from_bytes(b"".join(cost.to_bytes(2, "little") for cost in costs), "little")


class LanguageFinder:
    """Finds the language of a post among those that customers write in; the table is loaded when one first asks."""

    def __init__(self, languages: Sequence[str]) -> None:
        """Take the configured languages (ISO 639-1); all known ones where there are none."""
        self._wanted = frozenset(_table_code(language) for language in languages)
        self._said = {_table_code(language): language for language in languages}
        self._words: Recent[str, _Word] = Recent(_REMEMBERED)

    def language(self, tokens: Iterable[str], stated: str) -> str:
        """The language of a text's words; what the platform states counts where they do not tell."""
        words = dict.fromkeys([token for token in tokens if token[0].isalpha()])
        found: dict[str, int] = {}
        total = 0
        for word in islice(words, _WORDS):
            weights, cost = self._words.get(word) or self._word(word)
            total += cost
            for name, letters in weights:
                found[name] = found.get(name, 0) + letters
        named = self._among(scripts.east(found), total)
        return self._said.get(named, named) or self._platform(stated)

    def _word(self, word: str) -> _Word:
        return self._words.aged(word) or self._words.keep(word, self._weighed(word))

    def _weighed(self, word: str) -> _Word:
        weights = scripts.weights(word)
        shared = any(script in scripts.SHARED for script, _letters in weights)
        return weights, self._table.cost(word) if shared else 0

    def _among(self, found: dict[str, int], total: int) -> str:
        """The language that the scripts and costs speak for; empty where they speak for none of the configured."""
        script = max(found, key=lambda name: (found[name], name), default="")
        if script not in scripts.SHARED:
            return script if not self._wanted or script in self._wanted else ""
        own, every = self._columns[script]
        if not own or not total:
            return ""
        costs = array("H", total.to_bytes(2 * len(self._table.languages), "little"))
        best, other = _least(costs, own), _least(costs, every)
        doubt = costs[best] - costs[other]
        if self._wanted:
            return self._table.languages[best] if doubt <= found[script] * _FOREIGN else ""
        return self._table.languages[best if doubt <= found[script] * _RARE else other]

    def _platform(self, stated: str) -> str:
        """What the platform states, without its region, where it is one of the configured."""
        code = stated.replace("_", "-").partition("-")[0].lower()
        known = not self._wanted or _table_code(code) in self._wanted
        return self._said.get(_table_code(code), code) if code and known else UNDETERMINED

    @cached_property
    def _table(self) -> _Table:
        return _table()

    @cached_property
    def _columns(self) -> dict[str, tuple[list[int], list[int]]]:
        """For each shared script the table's columns of the configured languages, and of all that write in it."""
        found = {}
        for script in scripts.SHARED:
            every = [at for at, language in enumerate(self._table.languages) if script in scripts.of(language)]
            own = [at for at in every if self._table.languages[at] in (self._wanted or _COMMON)]
            found[script] = own, every
        return found


def _least(costs: "array[int]", columns: Sequence[int]) -> int:
    """The first of the columns that cost the least."""
    found = [costs[column] for column in columns]
    return columns[found.index(min(found))]


def _table_code(language: str) -> str:
    """The table's code of a language: Norwegian is written nb there, whatever a configuration calls it."""
    return "nb" if language == "no" else language
