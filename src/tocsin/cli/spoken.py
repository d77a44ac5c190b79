"""The command line in its reader's language: which one that is, what a command says of itself, and wrong calls.

In the code a help and a metavar are names of texts; they are put into words before the line is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from typer import BadParameter, Context

# Typer 0.29 brings Click within itself and has no public name for these. Moved by another version, they stop every
# command at once; raised as others, they are noticed by tests/cli/test_spoken.py.
from typer._click.exceptions import BadOptionUsage as BadOptionUsage
from typer._click.exceptions import MissingParameter as MissingParameter
from typer._click.exceptions import NoArgsIsHelpError as NoArgsIsHelpError
from typer._click.exceptions import NoSuchOption as NoSuchOption
from typer._click.exceptions import UsageError as TyperUsageError
from typer.core import TyperArgument, TyperGroup, TyperOption

from tocsin.errors import UsageError
from tocsin.words import LANGUAGES, Sentence, Words, choose

WrongCall = TyperUsageError
"""Whatever Typer refuses."""

LANGUAGE: Final = "--lang"

OWN: Final = {
    "help": "help.help",
    "install_completion": "help.install_completion",
    "show_completion": "help.show_completion",
}
"""Options that Typer adds by itself -> the name of their help."""


def with_language_first(line: Sequence[str]) -> list[str]:
    """The words of a command line with `--lang LANGUAGE` in front, wherever it stands among them."""
    end = line.index("--") if "--" in line else len(line)
    for at, word in enumerate(line[:end]):
        after = at + (2 if word == LANGUAGE else 1)
        if (word == LANGUAGE or word.startswith(f"{LANGUAGE}=")) and after <= len(line):
            return [*line[at:after], *line[:at], *line[after:]]
    return list(line)


def language_of(line: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language that a line begins with; else that of the environment's locale; English where it is none of ours."""
    first, second = [*line[:2], "", ""][:2]
    asked = second if first == LANGUAGE else first.removeprefix(f"{LANGUAGE}=")
    return asked if asked in LANGUAGES else choose(environment.get("LANG", ""))


def check_language(asked: str | None) -> None:
    """Raise UsageError where a language was asked for that there isn't."""
    if asked is not None and asked not in LANGUAGES:
        raise UsageError(
            Sentence("usage.no_language", asked=asked), do=Sentence("do.one_of", known=", ".join(LANGUAGES))
        )


class Spoken(Context):
    """One call of a command. Its help is in the reader's language also where Typer has strings of its own."""

    def get_help(self) -> str:
        from typer import rich_utils

        words = Words(language=self.obj)
        rich_utils.ARGUMENTS_PANEL_TITLE = words("help.arguments")
        rich_utils.OPTIONS_PANEL_TITLE = words("help.options")
        rich_utils.COMMANDS_PANEL_TITLE = words("help.commands")
        rich_utils.REQUIRED_LONG_STRING = words("help.required")
        rich_utils.DEFAULT_STRING = words("help.default", default="{}")
        return super().get_help()


class Group(TyperGroup):
    """Several commands. One that there isn't is answered with the likeliest that there is."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            likely = get_close_matches(args[0], self.commands, n=1)
            raise UsageError(
                Sentence("usage.no_command", name=args[0]),
                do=Sentence("do.likely", likely=likely[0]) if likely else see_help(ctx),
            )
        return super().resolve_command(ctx, args)


def tell_helps(command: Any, words: Words, above: Context | None = None) -> None:
    """Put what a command and all below it say of themselves into words."""
    command.context_class = Spoken
    ctx = Spoken(command, parent=above, **command.context_settings)
    command.help = words(command.help)
    command.epilog = words(command.epilog) if command.epilog else None
    for each in command.get_params(ctx):
        each.help = words(OWN.get(each.name, each.help))
        each.metavar = words(each.metavar) if each.metavar else None
    for below in getattr(command, "commands", {}).values():
        tell_helps(below, words, ctx)


def misuse(error: WrongCall) -> UsageError:
    """What was wrong with a call that Typer refused, and what to do."""
    do = see_help(error.ctx)
    match error:
        case NoSuchOption(possibilities=[likely, *_]):
            return UsageError(
                Sentence("usage.no_option", option=error.option_name), do=Sentence("do.likely", likely=likely)
            )
        case NoSuchOption():
            return UsageError(Sentence("usage.no_option", option=error.option_name), do=do)
        case BadOptionUsage():
            return UsageError(Sentence("usage.no_value", option=error.option_name), do=do)
        case MissingParameter(param=TyperArgument() | TyperOption() as missing):
            return UsageError(Sentence("usage.missing", name=_name(missing)), do=do)
        case BadParameter(param=TyperArgument() | TyperOption() as wrong) if wrong.type_descriptor.is_ranged:
            return UsageError(Sentence("usage.bad_number", name=_name(wrong)), do=do)  # every one of ours begins at 0
        case BadParameter(ctx=Context() as ctx, param=TyperArgument() | TyperOption() as wrong):
            takes = wrong.display_type(ctx)
            return UsageError(Sentence("usage.bad_value", name=_name(wrong), takes=takes), do=do)
        case _ if isinstance(error.cmd, TyperGroup):
            return UsageError(Sentence("usage.lacking_command"), do=do)
        case _:
            return UsageError(Sentence("usage.too_many"), do=do)


def see_help(ctx: Any) -> Sentence:
    return Sentence("do.see_help", command=ctx.command_path if ctx else "tocsin")


def _name(param: TyperArgument | TyperOption) -> str:
    """`--out` of an option, `RECORDS...` of an argument."""
    return param.opts[0] if isinstance(param, TyperOption) else param.metavar or param.opts[0]
