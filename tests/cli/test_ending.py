from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator

import pytest
import typer

from tocsin.cli.ending import FAILED, INTERRUPTED, PIPE_CLOSED, USAGE, in_a_sentence, interrupted_once
from tocsin.errors import InputError, UsageError
from tocsin.words import Sentence, Words


@pytest.mark.parametrize(
    ("accident", "code", "sentence"),
    [
        (
            InputError("'12' is no time", do="write it as 2021-06-02T14:45:00Z", file="calls.csv", line=3),
            FAILED,
            "calls.csv line 3: '12' is no time: write it as 2021-06-02T14:45:00Z.",
        ),
        (UsageError("two outputs for one baseline", do="give one"), USAGE, "two outputs for one baseline: give one."),
        (KeyboardInterrupt(), INTERRUPTED, "Stopped, as you asked. Nothing half-written was left behind."),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out.csv"),
            FAILED,
            "out.csv: the disk is full, so the output is incomplete: make room and run the command again.",
        ),
        (
            OSError("No space left on device (os error 28)"),  # as Polars says it
            FAILED,
            "the disk is full, so the output is incomplete: make room and run the command again.",
        ),
        (
            FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "nowhere.csv"),
            FAILED,
            "nowhere.csv: no such file or directory: check the path and its permissions.",
        ),
    ],
)
def test_each_accident_has_its_sentence_and_its_exit_code(
    accident: BaseException, code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ending, in_a_sentence(Words()):
        raise accident
    assert ending.value.exit_code == code
    assert capsys.readouterr().err == f"{sentence}\n"


@pytest.mark.parametrize(
    ("accident", "sentence"),
    [
        (
            InputError(Sentence("error.file_empty"), do=Sentence("do.export"), file="calls.csv"),
            "calls.csv : le fichier est vide : vérifier l'export.",
        ),
        (
            InputError("'12' is no time", do="write it so", file="calls.csv", line=3000, field="time"),
            "calls.csv ligne 3000, time : '12' is no time : write it so.",  # told in English only, so far
        ),
        (KeyboardInterrupt(), "Arrêté, comme demandé. Rien n'est resté écrit à moitié."),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out.csv"),
            "out.csv : le disque est plein, le résultat est donc incomplet : "
            "faire de la place et relancer la commande.",
        ),
        (
            FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "nulle-part.csv"),
            "nulle-part.csv : fichier ou dossier introuvable : vérifier le chemin et ses droits.",
        ),
    ],
)
def test_a_french_reader_is_told_in_french(
    accident: BaseException, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit), in_a_sentence(Words(language="fr")):
        raise accident
    assert capsys.readouterr().err == f"{sentence}\n"


def test_a_mistake_of_ours_is_not_dressed_up_as_the_users() -> None:
    with pytest.raises(ZeroDivisionError), in_a_sentence(Words()):
        raise ZeroDivisionError


def test_a_reader_who_has_seen_enough_hears_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ending, in_a_sentence(Words()):
        raise BrokenPipeError
    assert (ending.value.exit_code, capsys.readouterr().err) == (PIPE_CLOSED, "")


class Time:
    """A clock that stands where it is put."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def listening() -> Iterator[None]:
    """Ctrl-C as it is when a program begins, and afterwards as it was."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_ctrl_c_stops_once_and_again_only_when_the_first_has_come_to_nothing() -> None:
    time = Time()
    with interrupted_once(time):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        for time.now in (0.1, 3.0, 7.0):  # each less than five seconds after the one before
            signal.raise_signal(signal.SIGINT)
        time.now = 13.0
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)  # while the program ends


@pytest.mark.usefixtures("listening")
def test_a_job_in_the_background_goes_on_not_listening() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interrupted_once(Time()):
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
