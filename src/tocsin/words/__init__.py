"""What a user reads: French and English texts, numbers, local time. A language is a file of this folder."""

from tocsin.words.error import of_the_system, sentence_of
from tocsin.words.language import LANGUAGES, Sentence, Words, choose

__all__ = ["LANGUAGES", "Sentence", "Words", "choose", "of_the_system", "sentence_of"]
