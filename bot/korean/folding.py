"""Two forms of a text: one that is kept, one that is compared."""

from __future__ import annotations

import re
import unicodedata

# Invisible letters that people's keyboards and copy-paste bring along: Hangul fillers are letters to Unicode.
_FILLERS = "\u115f\u1160\u3164\uffa0"
_DROPPED = re.compile(rf"[{_FILLERS}\W_]+")


def clean(text: str) -> str:
    """The form that is stored and shown: NFC, no NUL, no half surrogates.

    Never NFKC: it would make 하 of ㅎㅏ and change ㅋㅋ.
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", whole.replace("\0", "")).strip()


def match_key(text: str) -> str:
    """The form that is compared: NFKC, lower case, letters and digits only, so that spacing and signs don't matter."""
    return unicodedata.normalize("NFC", _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold()))
