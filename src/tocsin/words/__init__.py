"""What a user reads: French and English texts, numbers, local time. A language is a folder of this one."""

from tocsin.words.error import TAKES_NO_MORE, of_the_system, sentence_of
from tocsin.words.language import LANGUAGES, Sentence, Words, choose

__all__ = ["LANGUAGES", "TAKES_NO_MORE", "Sentence", "Words", "choose", "of_the_system", "sentence_of"]
