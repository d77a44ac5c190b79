"""One attempt: the record, its outcome, the legs it is made of, and the readers at its edge."""

from tocsin.calls.record import RECORD, VANTAGES, Outcome

__all__ = ["RECORD", "VANTAGES", "Outcome"]
