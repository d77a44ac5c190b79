"""A mapping that was drafted, as TOML to be corrected by a person: with what it leaves out and how to put that in."""

from __future__ import annotations

import json
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from typing import Final, Self

from tocsin.calls.ending_words import doubt_of, outcome_of
from tocsin.calls.record import Outcome
from tocsin.words import Sentence, Words

OUTCOMES: Final = ", ".join(Outcome)


@dataclass(frozen=True, kw_only=True)
class Unused:
    """A column that the draft makes nothing of.

    ``example`` its most frequent value, numbers masked; None where it is empty, or ``free`` text · ``field`` what it
    may be by its name, None where that says nothing · ``values`` of a column that may be an outcome: what stands in
    it, to be translated.
    """

    column: str
    example: str | None
    free: bool
    field: str | None
    values: tuple[str, ...] = ()

    def said(self, words: Words, *, quoted: bool = False) -> str:
        """What stands in it, as far as that may be shown."""
        if self.free:
            return words("draft.free")
        if self.example is None:
            return words("draft.empty")
        return words("draft.example", example=toml(self.example) if quoted else self.example)

    @property
    def line(self) -> str | None:
        """The line of a mapping that would use it."""
        if self.field is None:
            return None
        if self.field != "outcome":
            return f"{self.field} = {toml(self.column)}"
        values = {toml(value): "" for value in self.values}
        return f"outcome = {toml({'from': self.column, 'values': values, 'other': ''})}"


@dataclass(frozen=True, kw_only=True)
class Endings:
    """How the draft says how calls ended: each value a line of its own, so that each can be corrected by itself.

    ``values`` value -> outcome · ``unlisted`` value whose meaning isn't known -> rows, the most frequent first:
    commented out, to be decided.
    """

    column: str
    values: MappingOf[str, str]
    unlisted: MappingOf[str, int] = field(default_factory=dict)

    @property
    def doubts(self) -> dict[str, Sentence]:
        """The values that may mean another outcome -> which, and why they were taken as they are."""
        return {value: doubt for value in self.values if (doubt := doubt_of(value)) is not None}

    def with_unlisted(self, rows: MappingOf[str, int]) -> Self:
        """The same with values that were met further down: those whose words are known join the table."""
        known = {value: str(outcome) for value in rows if (outcome := outcome_of(value)) is not None}
        unknown = {value: count for value, count in rows.items() if value not in known}
        return replace(self, values={**self.values, **known}, unlisted=unknown)

    def lines(self, words: Words) -> list[str]:
        """It as TOML."""
        return [
            f"outcome.from = {toml(self.column)}",
            *(self._line(value, outcome, doubt_of(value), words) for value, outcome in self.values.items()),
            *(
                f"# {self._line(value, Outcome.LOST, Sentence('draft.unlisted', rows=rows, outcomes=OUTCOMES), words)}"
                for value, rows in self.unlisted.items()
            ),
            f'outcome.other = "" # {words("draft.other")}',
        ]

    def _line(self, value: str, outcome: str, said: Sentence | None, words: Words) -> str:
        line = f"outcome.values.{toml(value)} = {toml(outcome)}"
        return line if said is None else f"{line} # {words.told(said)}"


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """A drafted mapping.

    ``file`` its delimiter and, without a header, its columns · ``zone`` None where the times carry their offset ·
    ``guessed_service`` nothing in the file names one · ``columns`` field -> its source as TOML, or
    how calls ended · ``unused`` what is left out, what may be a field first.
    """

    file: MappingOf[str, object]
    zone: str | None
    form: str
    noughts: bool
    constants: MappingOf[str, str]
    guessed_service: bool
    columns: MappingOf[str, str | Endings]
    unused: tuple[Unused, ...]

    @property
    def endings(self) -> Endings | None:
        """How calls ended, where a column says it in words."""
        return next((source for source in self.columns.values() if isinstance(source, Endings)), None)

    def with_unlisted(self, unlisted: MappingOf[str, int]) -> Self:
        """The same, with the values of the outcome that it doesn't know, and how many rows hold each."""
        endings = self.endings
        if endings is None or not unlisted:
            return self
        return replace(self, columns={**self.columns, "outcome": endings.with_unlisted(unlisted)})

    def text(self, words: Words | None = None) -> str:
        """It as TOML, the comments in these words: English by default. What is commented out is TOML as well."""
        words = words or Words()
        return "\n".join(
            [
                f"# {words('draft.head')}",
                f"about = {toml(words('draft.about'))}",
                "",
                *(["[file]", *(f"{key} = {toml(value)}" for key, value in self.file.items()), ""] if self.file else []),
                "[time]",
                *([] if self.zone is None else [f"zone = {toml(self.zone)} # {words('draft.zone')}"]),
                f"formats = [{toml(self.form)}]",
                *([f'absent = ["0:00:00"] # {words("draft.absent")}'] if self.noughts else []),
                "",
                "[constants]",
                *([f"# {words('draft.guessed_service')}"] if self.guessed_service else []),
                *(f"{key} = {toml(value)}" for key, value in self.constants.items()),
                "",
                "[columns]",
                *(
                    line
                    for name, source in self.columns.items()
                    for line in (source.lines(words) if isinstance(source, Endings) else [f"{name} = {source}"])
                ),
                *self._left_out(words),
                "",
            ]
        )

    def _left_out(self, words: Words) -> list[str]:
        """The columns that aren't used, each with an example and, where its name says what it may be, its line."""
        if not self.unused:
            return []
        lines = ["", f"# {words('draft.unused')}"]
        for one in self.unused:
            lines.append(f"# {words('draft.column', column=toml(one.column), said=one.said(words, quoted=True))}")
            if one.field == "outcome":
                lines.append(f"#   {words('draft.outcome', outcomes=OUTCOMES)}")
            if one.line is not None:
                lines.append(f"# {one.line}")
        return lines


def toml(value: object) -> str:
    """A value as TOML writes it: JSON, but for tables and the one control character that JSON leaves as it is.

    The keys of a table are written as they are: quote those that may be any text.
    """
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
