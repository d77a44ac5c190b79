from __future__ import annotations

import pytest

from tocsin.territory import Service, france

FRANCE = france()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("15", "15"),
        (" 15 ", "15"),
        ("116 000", "116000"),
        ("urn:service:sos.ambulance", "15"),
        ("URN:Service:SOS.Fire", "18"),
        ("urn:service:sos", "112"),
        ("urn:service:sos.country-specific.fr.197", "197"),
    ],
)
def test_a_service_is_found_however_it_is_written(text: str, code: str) -> None:
    found = FRANCE.service(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("urn:service:sos.fire.forest", "18"),
        ("urn:service:sos.ecall.manual", "112"),
        ("urn:service:sos.unheard-of", "112"),
    ],
)
def test_an_unknown_sub_service_is_the_service_above_it(text: str, code: str) -> None:
    found = FRANCE.service(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["", "16", "911", "urn:service:test.sos.fire", "urn:service:", "sos.fire", "1 5 0"])
def test_what_is_no_service_is_none(text: str) -> None:
    assert FRANCE.service(text) is None


def test_a_name_falls_back_to_another_language_then_to_the_number() -> None:
    fire = Service(code="18", urn="urn:service:sos.fire", names={"fr": "Pompiers"})
    assert [fire.name("fr"), fire.name("en"), fire.name()] == ["Pompiers", "Pompiers", "Pompiers"]
    assert Service(code="18", urn="urn:service:sos.fire", names={}).name("fr") == "18"
