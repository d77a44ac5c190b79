"""The words by which call records of English and French equipment say how a call ended, and which of them are in doubt.

Each outcome is understood by its own name in both languages, and by the words that exchanges and call centres use for
it. A word that may mean two outcomes is taken for the one that a watch pages on, and the reader is told to check it.
"""

from __future__ import annotations

import re
from typing import Final

from tocsin.calls.record import Outcome
from tocsin.words import Sentence

WORDS: Final = {
    Outcome.ANSWERED: r"answer(ed)?|agent|connected|completed|ok|200|served|handled"
    r"|(decroche|repondu|traite|abouti)e?s?",
    Outcome.ABANDONED: r"no.?answer|hang(.?up)?|abandon(ed|nee?s?)?|cancel(led)?|missed|raccrochee?s?|manquee?s?"
    r"|(sans|pas.de).reponse|non.(repondu|decroche)e?s?",
    Outcome.BUSY: r"busy|occupee?s?|user.?busy|saturation|saturee?s?",
    Outcome.REFUSED: r"refused|reject(ed)?|decline[d]?|(refuse|rejete|dissuade)e?s?|dissuasion|refus|rejet",
    Outcome.LOST: r"lost|fail(ed)?|failure|congestion|chanunavail|error|perdue?s?|(echec|erreur)(.(du.)?reseau)?"
    r"|echouee?s?|(non.?|in)aboutie?s?|encombrement|non.achemine",
    Outcome.MISROUTED: r"misrouted|mal.acheminee?s?",
}
"""Outcome -> the words for it, in small letters and without accents; "appel" may stand before them."""

DOUBTS: Final = {r"perdue?s?": Sentence("doubt.perdu"), r"saturation|saturee?s?": Sentence("doubt.saturation")}
"""Words that may mean something else -> what, and why they were taken as they are."""


_ACCENTS: Final = str.maketrans("àâäçéèêëîïôöùûü", "aaaceeeeiioouuu")


def bare(text: str) -> str:
    """A text in small letters, without accents and the spaces around it."""
    return text.strip().lower().translate(_ACCENTS)


def outcome_of(text: str) -> Outcome | None:
    """The outcome that a text means; None where that isn't known."""
    return next((outcome for outcome, words in WORDS.items() if _is_one_of(words, text)), None)


def doubt_of(text: str) -> Sentence | None:
    """What is to be said of a text that may mean another outcome as well."""
    return next((doubt for words, doubt in DOUBTS.items() if _is_one_of(words, text)), None)


def _is_one_of(words: str, text: str) -> bool:
    return re.fullmatch(rf"(appels? )?({words})", bare(text)) is not None
