"""Who is called and who calls: sip, sips, tel and urn URIs.

Sources: RFC 3261 section 19.1 (sip, sips), RFC 3966 (tel), RFC 5031 (service URNs).
No error quotes a URI: there is a telephone number in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote

from tocsin.errors import InputError

_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*", re.ASCII | re.IGNORECASE)
_FORBIDDEN: Final = re.compile(r'[\x00-\x20\x7f<>"]')
"""What no URI holds unescaped (RFC 3986 appendix A), as far as it would be mistaken for what stands around the URI."""
_SEPARATORS: Final = str.maketrans("", "", "-.()")
"""The visual separators of a telephone number, which mean nothing (RFC 3966 section 3)."""
_NUMBER: Final = re.compile(r"\+[0-9]+|[0-9*#]+")
_HOST: Final = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?", re.ASCII | re.IGNORECASE)
"""``hostport`` of RFC 3261 section 25.1, and the underscore that names inside networks have."""
_USER_SAFE: Final = "!*'()&=+$,;?/-_.~"
"""What a user part may hold unescaped: RFC 3261 section 25.1, ``user``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Uri:
    """A URI, as far as it tells what is called.

    ``user`` is unescaped; of a ``tel`` URI it is the number with the parameters behind it. ``host`` is in lower case.
    Of every other scheme all that follows the colon is ``opaque``. Not shown by ``repr`` where it may be a number.
    """

    scheme: str
    user: str | None = field(default=None, repr=False)
    host: str = ""
    port: int | None = None
    opaque: str = field(default="", repr=False)

    @classmethod
    def from_text(cls, text: str) -> Uri:
        """The URI, without the brackets that may stand around it; URI parameters and headers are passed over.

        Raises:
            InputError: it has no scheme, a blank, a bracket or a quote inside, or no host, port or number that can be.
        """
        scheme, colon, rest = text.partition(":")
        scheme = scheme.lower()
        if not colon or not _SCHEME.fullmatch(scheme):
            raise InputError("the URI has no scheme such as sip: or tel: before it")
        if _FORBIDDEN.search(rest):
            raise InputError("the URI holds a blank, a control character, a bracket or a quote")
        if scheme == "sip" or scheme == "sips":
            return cls._sip(scheme, rest)
        if scheme == "tel":
            user = unquote(rest)
            if not _NUMBER.match(user.translate(_SEPARATORS)):
                raise InputError("the tel URI has no number")
            return cls(scheme=scheme, user=user)
        if not rest:
            raise InputError("nothing follows the scheme of the URI")
        return cls(scheme=scheme, opaque=rest)

    @classmethod
    def _sip(cls, scheme: str, rest: str) -> Uri:
        userinfo, at, where = rest.partition("@")
        if not at:
            userinfo, where = "", rest
        user = userinfo.partition(":")[0]
        hostport = _HOST.fullmatch(where.partition(";")[0].partition("?")[0])
        if hostport is None or (port := int(hostport[2] or 0)) > 0xFFFF:
            raise InputError("the URI has no host, or one that can't be, or no such port")
        return cls(
            scheme=scheme,
            user=unquote(user) or None,
            host=hostport[1].lower(),
            port=port if hostport[2] else None,
        )

    @property
    def number(self) -> str | None:
        """The telephone number that is called or calls, without its separators ("15", "+33199001234"); None if none is.

        A sip URI's user counts as a number if it is written as one: what gateways and IMS send, with or without
        ``user=phone``.
        """
        if self.user is None:
            return None
        digits = self.user.partition(";")[0].translate(_SEPARATORS)
        return digits if _NUMBER.fullmatch(digits) else None

    @property
    def service(self) -> str | None:
        """The service URN (RFC 5031) in lower case, "urn:service:sos.ambulance"; None if it isn't one."""
        opaque = self.opaque.lower()
        return f"urn:{opaque}" if self.scheme == "urn" and opaque.startswith("service:") else None

    def __str__(self) -> str:
        """The URI as it stands in a message; :meth:`from_text` gives the same value back."""
        if self.scheme == "tel":
            return f"tel:{quote(self.user or '', safe=_USER_SAFE)}"
        if self.host:
            user = "" if self.user is None else f"{quote(self.user, safe=_USER_SAFE)}@"
            return f"{self.scheme}:{user}{self.host}{'' if self.port is None else f':{self.port}'}"
        return f"{self.scheme}:{self.opaque}"
