"""What a header's value is made of: values between commas, parameters behind semicolons, quotes round either.

Source: RFC 3261 sections 7.3.1 and 25.1. Each function passes once over its text: no input makes it slow.
"""

from __future__ import annotations

import re
from typing import Final

from tocsin.errors import InputError
from tocsin.wire.sip.uri import Uri

TOKEN: Final = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+")
"""What a method, a tag and most parameters are made of (RFC 3261 section 25.1)."""

_QUOTED: Final = r'"(?:[^"\\]|\\.)*+"'
"""A quoted string; a backslash takes the next character in. Possessive, so that it is never tried twice."""
_STOPS: Final = {stop: re.compile(rf'{_QUOTED}|<[^>]*+>|["<{stop}]', re.DOTALL) for stop in ",;"}
_OPEN: Final = "a quote or a bracket is opened and not closed"
_LEADING: Final = re.compile(rf"\s*{_QUOTED}\s*", re.DOTALL)


def split(value: str, stop: str) -> list[str]:
    """The parts of a value between commas, or between semicolons; not those inside quotes or angle brackets.

    Raises:
        InputError: a quote or a bracket isn't closed.
    """
    if '"' not in value and "<" not in value:
        return value.split(stop)
    parts, start = [], 0
    for found in _STOPS[stop].finditer(value):
        if found.end() - found.start() > 1:
            continue
        if found[0] != stop:
            raise InputError(_OPEN)
        parts.append(value[start : found.start()])
        start = found.end()
    parts.append(value[start:])
    return parts


def parameter(text: str, name: str) -> str | None:
    """The value of one parameter of ``branch=z9hG4bK1;rport``: names in any case, the value unquoted; None if absent.

    Raises:
        InputError: it stands twice, or any parameter has no name, or a quote isn't closed.
    """
    found: str | None = None
    for part in split(text, ";"):
        called, _, value = part.partition("=")
        called = called.strip().lower()
        if not called:
            raise InputError("a parameter has no name")
        if called == name:
            if found is not None:
                raise InputError(f"the parameter {name} stands twice")
            found = unquoted(value.strip())
    return found


def unquoted(value: str) -> str:
    """A quoted string without its quotes and backslashes; anything else as it is."""
    if not value.startswith('"'):
        return value
    if len(value) < 2 or not value.endswith('"'):
        raise InputError(_OPEN)
    return re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)


def quoted(value: str) -> str:
    """The value as a parameter has it: as it is if it is a token, else in quotes."""
    if TOKEN.fullmatch(value):
        return value
    return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'


def address(value: str) -> tuple[Uri, str | None]:
    """The URI and the tag of a From, To or P-Asserted-Identity: ``"Anne" <sip:anne@example.org>;tag=1``.

    Without brackets all that follows a semicolon belongs to the header (RFC 3261 section 20). A display name without
    the quotes that it needs, and blanks inside the brackets, are let pass, as RFC 4475 allows.

    Raises:
        InputError: no URI can be told, or a quote or bracket isn't closed.
    """
    if '"' in value:
        if leading := _LEADING.match(value):
            value = value[leading.end() :]
        elif value.lstrip().startswith('"'):
            raise InputError(_OPEN)
    before, bracket, rest = value.partition("<")
    if bracket:
        text, bracket, rest = rest.partition(">")
        if not bracket:
            raise InputError(_OPEN)
        rest = rest.strip()
        if rest and not rest.startswith(";"):
            raise InputError("something stands between the address and its parameters")
        rest = rest[1:]
    else:
        text, _, rest = before.partition(";")
    uri = Uri.from_text(text.strip())
    return uri, (parameter(rest, "tag") or None) if rest else None
