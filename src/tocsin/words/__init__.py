"""What a user reads: French and English texts, numbers, local time. A language is a file of this folder."""

from tocsin.words.language import LANGUAGES, Words, choose

__all__ = ["LANGUAGES", "Words", "choose"]
