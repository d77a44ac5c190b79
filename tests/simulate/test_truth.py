from __future__ import annotations

import json

from tests.simulate.rehearsal import evening


def test_the_truth_is_written_with_utc_times_and_says_that_it_is_simulated_and_what_is_invented() -> None:
    _, truth = evening()
    text = truth.to_json()
    written = json.loads(text)
    assert written["simulated"] is True
    assert (written["onset"], written["end"]) == ("2021-06-02T14:45:00Z", "2021-06-02T22:00:00Z")
    assert written["scope"] == {"access": ["fixed"], "node": [f"A-CS-{k}" for k in range(1, 7)]}
    assert written["lost"] == sum(written["lost_by_area"].values())
    assert written["attempts"] == sum(written["attempts_by_area"].values())
    assert "how the loss differs from département to département (never published)" in written["invented"]
    assert text.endswith("}\n")
