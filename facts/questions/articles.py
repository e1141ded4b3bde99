"""Which article a word takes: what else may stand behind "a" or "an" without giving itself away."""

import re

_SAID_AS_WORDS = frozenset("RAM SAML NAT LAN SAN RAID REST SAM MAC ROSA FIFO NIST SOC SID".split())
_NAME_LETTERS = frozenset("AEFHILMNORSX")  # such letters are spoken with a vowel first


def takes_an(text: str) -> bool:
    """Does one say "an" before it: "an 8-hour window", "an hour", "an S3 bucket"?"""
    word = re.match(r"[^\s-]+", text.strip())
    if not word:
        return False
    first = word[0]
    if number := re.match(r"\d[\d,]*", first):
        digits = number[0].replace(",", "")
        return digits[0] == "8" or (digits[:2] in ("11", "18") and len(digits) % 3 == 2)
    if re.fullmatch(r"[A-Z0-9]{2,}s?", first) and first not in _SAID_AS_WORDS:
        return first[0] in _NAME_LETTERS
    return first[0].casefold() in "aeiou" and not re.match(r"(uni|use|usa|one|eu)", first, re.I)


def fits_article(before: str, text: str) -> bool:
    """Can the text stand behind ``before``? Not if that ends in the article that it does not take."""
    article = re.search(r"\b(a|an)\s+$", before, re.I)
    return not article or (article[1].casefold() == "an") == takes_an(text)
