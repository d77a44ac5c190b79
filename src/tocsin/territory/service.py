"""The service: what a short number asks for, under its URN of RFC 5031."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Service:
    """One emergency service.

    ``code`` the short number, digits only ("15", "116000") · ``urn`` its service URN: one of IANA's registered labels
    where one says the same (RFC 5031, section 4), else the label that 3GPP TS 24.229 gives to a national number
    (`urn:service:sos.country-specific.fr.197`) · ``names`` by language ("fr", "en") · ``required`` whether a routing
    plan must lead it somewhere in every area.
    """

    code: str
    urn: str
    names: Mapping[str, str] = field(hash=False)
    required: bool = True

    def name(self, language: str = "en") -> str:
        """The name in a language, else in any, else the short number."""
        return self.names.get(language) or next(iter(self.names.values()), self.code)


def find_service(services: Mapping[str, Service], text: str) -> Service | None:
    """The service of a short number or a service URN, however it is written; None where nobody knows it.

    A sub-service that nobody listed falls back to the service above it, as RFC 5031 (section 3) wants:
    `urn:service:sos.fire.forest` is `urn:service:sos.fire`.
    """
    plain = "".join(text.split()).lower()
    if plain in services:
        return services[plain]
    if not plain.startswith("urn:service:"):
        return None
    by_urn = {service.urn.lower(): service for service in services.values()}
    while plain not in by_urn and "." in plain:
        plain = plain.rpartition(".")[0]
    return by_urn.get(plain)
