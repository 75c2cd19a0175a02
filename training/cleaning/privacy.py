"""Personal data masked by their shape: e-mail, resident number, phone, account, address."""

from __future__ import annotations

import re
from collections import Counter

# Order matters: a resident number or a phone number is not an account.
_RULES = (
    ("이메일", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    ("주민번호", re.compile(r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]*[1-8]\d{6}(?!\d)")),
    ("전화번호", re.compile(r"(?<!\d)(?:\+82[ -.]*|0)(?:1[016789]|2|[3-6]\d|70|50\d)[ -.)]*\d{3,4}[ -.]*\d{4}(?!\d)")),
    ("계좌번호", re.compile(r"(?<!\d)(?!\d{4}-\d\d-\d\d(?!\d))\d{2,6}-\d{2,6}-\d{2,8}(?:-\d{1,3})?(?!\d)")),
    ("계좌번호", re.compile(r"(?:(?<=은행 )|(?<=계좌 )|(?<=뱅크 )|(?<=농협 ))\d{10,14}(?!\d)")),
    ("주소", re.compile(r"(?:[가-힣]{1,7}(?:시|도|군|구) )*[가-힣\d]{1,10}(?:로|길) ?\d{1,4}(?:-\d{1,4})?(?:번길 ?\d{1,4})?"  # noqa: E501
                     r"(?![\d시분년월일개명원점번])(?: ?\d+동)?(?: ?\d+호)?")),
    ("주소", re.compile(r"[가-힣]{1,7}(?:구|군|시) [가-힣\d]{1,8}(?:동|읍|면|리) \d{1,4}(?:-\d{1,4})?(?:번지)?")),
)  # fmt: skip


def masked(text: str, found: Counter[str] | None = None) -> str:
    """Each by its name in brackets, "<전화번호>"; `found` counts them by name."""
    for name, pattern in _RULES:
        text, count = pattern.subn(f"<{name}>", text)
        if found is not None and count:
            found[name] += count
    return text
