"""Makes bridge/judges/shipped/languages.model out of py3langid's own model: fewer languages, whole words, small numbers.

py3langid (BSD-3-Clause, Marco Lui and Adrien Barbaresi) takes 0.6 s and 90 MB to load, NumPy included.
What the bridge needs of it fits into a table of byte pieces, each with what it costs to believe a language.
Run it after an update of py3langid: .venv/bin/python training/make_languages.py
"""

import re
from array import array
from collections import deque
from pathlib import Path

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bridge.judges import modelfile

TARGET = Path(__file__).parent.parent / "bridge" / "judges" / "shipped" / "languages.model"
LANGUAGES = (
    "af ar az be bg bs ca cs cy da de en eo es et eu fa fi fr ga gl ha hi hr ht hu id ig is it kk ku ky la lb lt lv mk mn "
    "mr ms mt ne nl no pcm pl ps pt ro ru rw sk sl sn so sq sr sv sw tg tl tr tt ug uk ur uz vi xh yo zu"
)
"""Of the scripts that several languages share."""
STEP = 0.5
"""Natural logarithms that one unit of cost stands for."""
DEAREST = 31
LONGEST = 5
"""Octets of a piece; longer ones are East Asian."""
_INSIDE_WORDS = re.compile(rb" ?[a-z'\x80-\xbf\xc3-\xc9\xd0-\xd3\xd8-\xdb\xe0\xe1]+ ?")
"""Pieces of lower-case words in Latin, Cyrillic, Arabic and Devanagari letters; a space marks a word's end."""


def pieces(identifier: LanguageIdentifier) -> dict[bytes, int]:
    """The byte pieces that the automaton looks for, each with the number of what it found."""
    names = {0: b""}
    waiting = deque([0])
    while waiting:
        state = waiting.popleft()
        start = identifier.tk_row[state] << 8
        for octet in range(256):
            following = identifier.tk_nextmove[start + octet]
            if following not in names:
                names[following] = names[state] + bytes([octet])
                waiting.append(following)
    found = ((name, int(identifier.tk_output[state])) for state, name in names.items())
    inside = ((name, number) for name, number in found if number >= 0 and _INSIDE_WORDS.fullmatch(name))
    return {name: number for name, number in inside if len(name) <= LONGEST}


def costs(identifier: LanguageIdentifier, numbers: list[int], columns: list[int]) -> bytes:
    """For each language one octet a piece: how much less likely it is there than in the likeliest language."""
    likely = identifier.nb_ptc[numbers][:, columns].astype("float32")
    dear = (likely.max(axis=1, keepdims=True) - likely) / STEP
    octets: bytes = dear.round().clip(0, DEAREST).astype("uint8").T.tobytes()
    return octets


def main() -> None:
    """Write the file."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    languages = LANGUAGES.split()
    found = sorted(pieces(identifier).items())
    columns = [identifier.nb_classes.index(language) for language in languages]
    table = costs(identifier, [number for _piece, number in found], columns)
    about = {"languages": ["nb" if language == "no" else language for language in languages], "pieces": len(found)}
    lengths = array("B", (len(piece) for piece, _number in found)).tobytes()
    sections = {"lengths": lengths, "pieces": b"".join(piece for piece, _number in found), "costs": table}
    TARGET.parent.mkdir(exist_ok=True)
    modelfile.write(TARGET, modelfile.packed("languages", about, sections))


if __name__ == "__main__":
    main()
