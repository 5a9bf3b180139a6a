"""Options, messages and German errors that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.definitions.foreign import escaped
from pipeline.disk.clock import today

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.engine.engine import Engine
    from pipeline.outcome import Outcome
    from pipeline.rules import Rules
    from pipeline.run import Progress


F = TypeVar("F", bound=Callable[..., Any])


class Day(click.DateTime):
    """A date in ISO or German notation, as ``datetime.date``."""

    def __init__(self) -> None:
        super().__init__(formats=["%Y-%m-%d", "%d.%m.%Y"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(value, param, ctx).date()


DATE = Day()


class Location(click.Path):
    """click.Path that gives values of pathlib, which is loaded only when a command runs."""

    def coerce_path_result(self, value: Any) -> Any:
        from pathlib import Path

        return Path(value)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path: Any = super().convert(value, param, ctx)
        if not self.dir_okay and path.exists() and not path.is_file():  # reading a pipe may never end
            self.fail(f"{path} ist keine gewöhnliche Datei.", param, ctx)
        return path


FOLDER = Location(exists=True, file_okay=False)


class ResultFile(Location):
    """An existing file of results; also found where a killed run has left it.

    Changes nothing, as the commands with such an argument only read.
    """

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from pipeline.disk.publish import current_path

        return super().convert(current_path(self.coerce_path_result(value)), param, ctx)


RULES_OPTION = click.option(
    "--rules",
    "rules_folder",
    type=Location(),
    default="rules",
    show_default=True,
    metavar="ORDNER",
    help="Ordner mit den Regeldateien.",
)


RULES_OR_BUNDLED_OPTION = click.option(
    "--rules",
    "rules_folder",
    type=Location(),
    metavar="ORDNER",
    help="Ordner mit den Regeldateien; sonst rules, und wo es den nicht gibt, die mitgelieferten.",
)


def as_of_option(text: str) -> Callable[[F], F]:
    return click.option("--as-of", type=DATE, metavar="DATUM", help=text)


def out_option(default: str, text: str) -> Callable[[F], F]:
    return click.option(
        "--out",
        type=Location(file_okay=False),
        default=default,
        show_default=True,
        metavar="ORDNER",
        help=text,
    )


class CommandError(click.ClickException):
    """Ends a command with a German message and exit code 2."""

    exit_code = 2


def say(lines: Iterable[str]) -> None:
    """Print lines; names of files and sheets in them cannot break a line."""
    for line in lines:
        click.echo(escaped(line))


def tell(line: str) -> None:
    """Print one line."""
    say([line])


def rules_in(folder: Path) -> Rules:
    from pipeline.rules.loading.load import load_rules
    from pipeline.rules.loading.yaml_lines import RulesError

    if not folder.is_dir():
        raise CommandError(
            f"Den Ordner {folder} mit den Regeldateien gibt es nicht. Rufen Sie kisi in Ihrem Arbeitsordner "
            "auf; „kisi init ORDNER“ legt einen an. Oder nennen Sie mit --rules, wo die Regeldateien liegen."
        )
    try:
        return load_rules(folder)
    except RulesError as error:
        text = "\n".join(f"  {p}" for p in error.problems)
        raise CommandError(f"Die Regeldateien in {folder} sind nicht verwendbar:\n{text}") from None


def outcome_of(folder: Path, rules: Rules, as_of: date | None, progress: Progress, engine: Engine) -> Outcome:
    from pipeline.run import NothingReceived, run

    start = rules.project.start
    if as_of and as_of < start:
        raise CommandError(f"--as-of liegt vor dem Projektbeginn am {start:%d.%m.%Y}.")
    try:
        with readable():
            return run(folder, rules, as_of, progress, engine, today())
    except NothingReceived:
        raise CommandError(
            f"In {folder} nennt keine Datei einen Berichtsstichtag des Berichtsplans bis heute. Geben Sie mit "
            "--as-of ein Datum an."
        ) from None


def keep_apart(target: Path, received: Path, *, may_be_above: bool = False) -> None:
    """Refuse a folder of results above or below received files, as it is exchanged as a whole.

    ``may_be_above``: the parent of the folder of results may be above them.
    """
    here, there = target.resolve(), received.resolve()
    if here.is_relative_to(there) or (there.is_relative_to(here) and not may_be_above):
        raise CommandError(
            f"Die Ergebnisse kämen nach {target}; das überschneidet sich mit den empfangenen Dateien in "
            f"{received}. Wählen Sie mit --out einen anderen Ordner."
        )


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Context manager: locks ``out`` against other runs; CommandError where it is locked or cannot be
    written.
    """
    from pipeline.disk.publish import output_lock
    from pipeline.disk.unwritable import CannotWrite

    try:
        with output_lock(out):
            yield
    except CannotWrite as error:
        raise CommandError(str(error)) from None


@contextmanager
def readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CommandError(
            f"„{escaped(str(error.filename))}“ lässt sich nicht lesen. Prüfen Sie Ihre Berechtigung."
        ) from None
