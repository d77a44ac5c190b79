"""The numbering plan: how a telephone number is written, and what its first digits say of the caller's access."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tocsin.errors import InputError
from tocsin.words import Sentence

ACCESSES: Final = ("fixed", "mobile")
"""How a caller reaches the operator. Voice over IP at a subscriber's home is fixed."""

SEPARATORS: Final = str.maketrans("", "", " \t.-/()'\u00a0\u202f\u2009\u200b\u2011\u2013\ufeff")
"""What people, spreadsheets and typographers put between digits."""

SCIENTIFIC: Final = re.compile(r"[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+")
"""What a spreadsheet makes of a long number: 2,62E+08."""

SHORT: Final = 6
"""A number of at most so many digits is a short number (ITU-T E.164 numbers of subscribers are longer)."""

E164: Final = 15
"""The most digits of an international number (ITU-T E.164, 6.2.1)."""


@dataclass(frozen=True, kw_only=True)
class Numbering:
    """A country's rules for telephone numbers; each may be left out, and then isn't applied.

    ``calling_codes`` ITU-T E.164 country codes ("33", and France's overseas "590", "262", …), all of which share one
    national plan · ``trunk`` the digit dialled before a national number ("0") · ``international`` the digits dialled
    before a calling code ("00") · ``length`` digits of a national number with its trunk digit (France: 10) ·
    ``surcharged`` first digits of numbers that cost the caller extra · ``fiction`` first digits that no subscriber has
    · ``access`` first digits -> `fixed` or `mobile`.
    """

    calling_codes: tuple[str, ...] = ()
    trunk: str = ""
    international: str = "00"
    length: int | None = None
    surcharged: tuple[str, ...] = ()
    fiction: tuple[str, ...] = ()
    access: Mapping[str, str] = field(default_factory=dict, hash=False)

    def national(self, text: str) -> str | None:
        """A number as dialled inside the country ("+33 6 39 98 00 01" -> "0639980001"); None where it's no such number.

        Taken are the national form, `+33…`, `0033…` and the bare `33…` of exchanges.
        """
        digits = text.translate(SEPARATORS)
        for abroad in ("+", self.international):
            if digits.startswith(abroad):
                return self._after_code(digits.removeprefix(abroad))
        return digits if self._fits(digits) else self._after_code(digits)

    def _after_code(self, digits: str) -> str | None:
        """A number that begins with a calling code, in national form; as it is where the country has named none."""
        if not self.calling_codes:
            return digits if self._fits(digits) else None
        for code in self.calling_codes:
            rest = self.trunk + digits.removeprefix(code).removeprefix(self.trunk)
            if digits.startswith(code) and self._fits(rest):
                return rest
        return None

    def _fits(self, digits: str) -> bool:
        if not (digits.isascii() and digits.isdigit() and digits.startswith(self.trunk)):
            return False
        return SHORT < len(digits) <= E164 if self.length is None else len(digits) == self.length

    def parse(self, text: str) -> str:
        """A number at which a centre can be called, in national form; else an `InputError` that says how to mend it."""
        number = self.national(text)
        if number is None:
            what, do = self._why_not(text)
            raise InputError(what, do=do)
        if number.startswith(self.surcharged):
            raise InputError(Sentence("fault.surcharged", number=text), do=Sentence("repair.ordinary"))
        return number

    def _why_not(self, text: str) -> tuple[Sentence, Sentence]:
        """What is wrong with a number that `national` doesn't take, and what to do."""
        digits = text.translate(SEPARATORS)
        bare = digits.removeprefix("+")
        wanted = str(self.length) if self.length else Sentence("wanted.several", low=SHORT + 1, high=E164)
        if SCIENTIFIC.fullmatch(text):
            return Sentence("fault.scientific", number=text), Sentence("repair.as_text", wanted=wanted)
        if not (bare.isascii() and bare.isdigit()):
            return Sentence("fault.no_telephone", number=text), Sentence("repair.digits_only", wanted=wanted)
        if len(digits) <= SHORT:
            return Sentence("fault.short", number=text), Sentence("repair.long")
        if self.length and self._fits(self.trunk + digits):
            first = self.trunk
            return (
                Sentence("fault.lost_digit", number=text, first=first),
                Sentence("repair.with_digit", number=f"{first}{digits}"),
            )
        if len(digits) == self.length:
            return Sentence("fault.foreign_number", number=text), Sentence("repair.as_dialled")
        return Sentence("fault.digits", number=text, digits=len(bare), wanted=wanted), Sentence("repair.all_digits")

    def access_of(self, number: str) -> str | None:
        """`fixed` or `mobile` by the first digits, the longest prefix of the table; None where they can't tell."""
        national = self.national(number)
        if national is None:
            return None
        return next((access for prefix, access in self._by_length if national.startswith(prefix)), None)

    @cached_property
    def _by_length(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self.access.items(), key=lambda item: -len(item[0])))

    @cached_property
    def dialled_prefixes(self) -> Mapping[str, str]:
        """The access table in every form that `national` takes, for a column of numbers at once.

        "06", "+336", "00336" and "336" all say `mobile`. Such a column must hold whole numbers without separators.
        """
        return dict(self._dialled())

    def _dialled(self) -> Iterator[tuple[str, str]]:
        for prefix, access in self._by_length:
            yield prefix, access
            for code in self.calling_codes:
                for start in ("+", self.international, ""):
                    yield start + code + prefix.removeprefix(self.trunk), access
