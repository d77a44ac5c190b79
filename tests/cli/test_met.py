from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from tests.cli.conftest import County, Heard
from tests.cli.test_days import records

from tocsin import territory
from tocsin.calls import RECORD
from tocsin.cli.met import Met, Strangers, check_fit, check_territory
from tocsin.errors import InputError
from tocsin.watch import Baseline
from tocsin.words import Words


def met(*batches: pl.DataFrame) -> Met:
    found = Met()
    for batch in batches:
        found.meet(batch)
    return found


def test_a_baseline_of_another_territory_is_refused(county: County) -> None:
    with pytest.raises(InputError) as error:
        check_territory(county.baseline, territory.france())
    assert str(error.value) == (
        f"the baseline was learned for {county.territory.name}, the records are read for France: "
        "give both commands the same --territory."
    )


@pytest.mark.parametrize(
    ("baseline", "batch", "sentence"),
    [
        (
            lambda baseline: replace(baseline, hold_s=0),
            records(1, seen=True),
            "these records say when they were seen, those of the baseline didn't: "
            "learn the baseline from records of the same feeds.",
        ),
        (
            lambda baseline: baseline,
            records(1, seen=False),
            "these records don't say when they were seen, those of the baseline did: "
            "learn the baseline from records of the same feeds.",
        ),
        (
            lambda baseline: replace(baseline, vantages=("operator",)),
            records(1, seen=True),
            "these are centre records, the baseline was learned from operator records: "
            "learn the baseline from records of the same vantage.",
        ),
    ],
    ids=["seen and no hold", "no seen and a hold", "another vantage"],
)
def test_a_baseline_of_records_that_count_otherwise_is_refused(
    county: County, baseline: Callable[[Baseline], Baseline], batch: pl.DataFrame, sentence: str
) -> None:
    with pytest.raises(InputError) as error:
        check_fit(baseline(county.baseline), met(batch))
    assert str(error.value) == sentence


def test_records_like_those_of_the_baseline_fit_and_so_does_nothing_at_all(county: County) -> None:
    check_fit(county.baseline, met(records(1, seen=True), records(2)))
    check_fit(replace(county.baseline, hold_s=0), met(records(1)))
    check_fit(county.baseline, met())


def test_a_vantage_or_a_feed_that_the_baseline_never_knew_is_named_once(county: County) -> None:
    heard = Heard()
    strangers = Strangers(county.baseline, heard)
    known = county.baseline.feeds[0]
    strange = records(1, vantage="probe").vstack(
        records(2, vantage=known.vantage).with_columns(pl.lit("new").alias("feed")).select(RECORD.names())
    )
    familiar = records(3, vantage=known.vantage).with_columns(pl.lit(known.name).alias("feed")).select(RECORD.names())
    strangers.tell(met(strange, familiar))
    strangers.tell(met(strange, familiar))
    assert heard.texts == [
        ("watch.strange_vantage", {"vantage": "probe"}),
        ("watch.strange_feed", {"vantage": known.vantage, "feed": "new"}),
    ]


def test_vantages_are_told_in_french_by_whose_records_they_are(county: County) -> None:
    french = Words(language="fr")
    heard, met = Heard(), Met()
    met.meet(records(1, seen=True, vantage="probe"))
    strangers = Strangers(replace(county.baseline, vantages=("centre",)), heard)
    strangers.tell(met)
    strangers.tell_missing(met)
    assert [french(name, **values) for name, values in heard.texts] == [
        "La référence ne sait rien des enregistrements de sonde : ils ne sont pas surveillés. L'apprendre avec eux.",
        "Aucun enregistrement de centre n'est arrivé, alors que la référence en connaît : ce que ce seul point de vue "
        "montrerait n'est pas surveillé d'ici là. Vérifier les fichiers donnés.",
    ]
    with pytest.raises(InputError) as error:
        check_fit(replace(county.baseline, vantages=("operator", "centre")), met)
    assert french.told(error.value.what) == (
        "ce sont des enregistrements de sonde, la référence a été apprise d'enregistrements de centre et d'opérateur"
    )
