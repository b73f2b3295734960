"""How long a text is for X: weighted characters, 23 for a link, 2 for an emoji (twitter-text, configuration v3)."""

import re
import unicodedata

LINK_WEIGHT = 23
"""What each link weighs, however long it is: X shortens it."""

_LIGHT = re.compile("[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
"""The ranges of the configuration whose characters weigh 1; all others weigh 2."""

_EMOJI_WEIGHT = 2
_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa"
    "\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2604\u260e\u2611\u2614\u2615\u2618\u261d\u2620\u2622\u2623"
    "\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u2648-\u2653\u265f\u2660\u2663\u2665\u2666\u2668\u267b\u267e"
    "\u267f\u2692-\u2697\u2699\u269b\u269c\u26a0\u26a1\u26a7\u26aa\u26ab\u26b0\u26b1\u26bd\u26be\u26c4\u26c5\u26c8"
    "\u26ce\u26cf\u26d1\u26d3\u26d4\u26e9\u26ea\u26f0-\u26f5\u26f7-\u26fa\u26fd\u2702\u2705\u2708-\u270d\u270f\u2712"
    "\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763\u2764\u2795-\u2797"
    "\u27a1\u27b0\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f004\U0001f0cf"
    "\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a\U0001f201\U0001f202\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7f0"
    "\U0001f90c-\U0001f9ff\U0001fa70-\U0001faff]"
)
_PART = f"{_PICTURE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[#*0-9]\ufe0f?\u20e3"
    "|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
    f"|(?:{_PART})(?:\u200d(?:{_PART}))*(?!\ufe0e)"
)
"""A picture as people see one: flags, keycaps, and sequences that joiners hold together."""

_GENERIC = (
    "academy|agency|aero|app|asia|berlin|biz|blog|business|care|cat|center|city|cloud|club|coffee|com|community|company|coop"
    "|design|dev|digital|edu|email|energy|events|expert|finance|fitness|fun|games|gmbh|gov|group|guide|guru|hamburg|health"
    "|help|host|house|info|ink|int|jobs|koeln|legal|life|link|live|london|love|market|marketing|media|mil|mobi|money|museum"
    "|name|net|network|news|nyc|one|online|org|page|paris|photo|photos|pictures|plus|post|press|pro|rocks|run|sale|school"
    "|services|shop|show|site|social|software|solutions|space|store|studio|style|support|systems|team|tech|tel|tips|today"
    "|tokyo|tools|top|tours|town|travel|tv|vip|wiki|wien|win|work|works|world|xn--[a-z0-9-]+|xyz|zone"
)
_PATH = "[^\\s<>\"'\u00ab\u00bb\u201c-\u201f]"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
LINK = re.compile(
    rf"(?<![@\w#$])(?:https?://(?:{_LABEL}\.){{1,12}}[^\W\d_]{{2,63}}(?::\d{{1,5}})?(?:[/?#]{_PATH}*)?"
    rf"|(?:{_LABEL}\.){{1,12}}(?:{_GENERIC}|[a-z]{{2}})(?![\w@-])(?::\d{{1,5}})?(?:/{_PATH}*)?)",
    re.IGNORECASE,
)
"""What X may take for a link; rather too much than too little, since a link weighs more than most names."""

_AFTER = ".,;:!?)]}'\"…"


def weighted(text: str) -> int:
    """X's length of a text; never less than X counts, as far as is known, so that nothing is refused for its length.

    Sources: docs.x.com, counting characters; twitter-text, config/v3.json.
    """
    text = unicodedata.normalize("NFC", text)
    total = end = 0
    for found in LINK.finditer(text):
        link = found[0].rstrip(_AFTER)
        total += _plain(text[end : found.start()]) + LINK_WEIGHT
        end = found.start() + len(link)
    return total + _plain(text[end:])


def has_link(text: str) -> bool:
    """Whether X would make a link of something in the text: such an answer costs more."""
    return LINK.search(text) is not None


def _plain(text: str) -> int:
    """The weight of a text without links."""
    without, emoji = _EMOJI.subn("", text)
    light = len(_LIGHT.findall(without))
    return _EMOJI_WEIGHT * emoji + light + 2 * (len(without) - light)
