"""Page "Befehle": from click, as ``--help`` says it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from docs.generate.markdown import code, page, plain, section, table
from pipeline.cli import cli
from pipeline.rules import Rules


def commands_page(rules: Rules) -> str:
    context = click.Context(cli, info_name="kisi")
    return page(
        "Befehle",
        _prose(cli),
        table(("Befehl", "Was er tut"), ((f"[kisi {n}](#kisi-{n})", c.get_short_help_str(200)) for n, c in _commands())),
        _parameters(cli, context),
        *(_command(name, command, context) for name, command in _commands()),
    )  # fmt: skip


def _commands() -> Iterator[tuple[str, click.Command]]:
    return ((name, command) for name, command in cli.commands.items() if not command.hidden)


def _command(name: str, command: click.Command, above: click.Context) -> str:
    context = click.Context(command, info_name=name, parent=above)
    usage = f"```\n{context.command_path} {' '.join(command.collect_usage_pieces(context))}\n```"
    return section(f"kisi {name}", _prose(command), usage, _parameters(command, context))


def _prose(command: click.Command) -> str:
    """Help and epilogue, each paragraph on a line; ``\\b`` keeps the lines of its paragraph, as in click."""
    texts = [inspect.cleandoc(t) for t in (command.help, command.epilog) if t]
    return "\n\n".join(map(_paragraph, "\n\n".join(texts).split("\n\n")))


def _paragraph(text: str) -> str:
    kept = text.startswith("\b\n")
    return plain(text.removeprefix("\b\n").replace("\n", "  \n" if kept else " "))


def _parameters(command: click.Command, context: click.Context) -> str:
    rows = [
        (
            code(" ".join(filter(None, (", ".join(p.opts), _metavar(p, context))))),
            plain(p.help or "") + (" Nötig." if p.required else ""),
            _default(p),
        )
        for p in command.get_params(context)
        if isinstance(p, click.Option) and not p.hidden
    ]
    return table(("Option", "Bedeutung", "Vorgabe"), rows)


def _metavar(option: click.Option, context: click.Context) -> str:
    return "" if option.is_flag or option.count else option.make_metavar(context)


def _default(option: click.Option) -> str:
    value = option.default
    if isinstance(value, Path):
        return code(value.as_posix())
    return code(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
