"""`conferral bounces`: mail that came back, from a file, a Maildir or a mail server's pipe."""

import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from conferral import console
from tasks.dsn import LARGEST
from tasks.returns import take_all

_SAID: Final = {
    "stopped": "addresses get no mail any more",
    "noted": "were noted",
    "known": "were known already",
    "automatic": "were answers of machines",
    "other": "were no reports",
}


@click.command()
@click.argument("source", type=click.Path(path_type=Path, allow_dash=True))
@console.data_option
@console.json_option
def command(source: Path, *, data: Path | None, as_json: bool) -> None:
    """Take in what came back: SOURCE is a mail in a file, a Maildir, or - for standard input.

    Taking in the same report twice changes nothing, so a folder can be read again.
    """
    if str(source) != "-" and not source.exists():
        raise console.Unreadable(f"{source}: there is no such file or folder.")
    with console.engine(data) as engine:
        counts = take_all(engine, _mails(source))
    if as_json:
        console.show_json({name: counts[name] for name in _SAID})
        return
    for name, says in _SAID.items():
        if counts[name]:
            click.echo(f"{counts[name]} {says}.")
    if not counts:
        click.echo("There was no mail.")


def _mails(source: Path) -> Iterator[bytes]:
    if str(source) == "-":
        yield sys.stdin.buffer.read(LARGEST + 1)
    elif source.is_dir():
        if not (source / "new").is_dir() or not (source / "cur").is_dir():
            raise console.Unreadable(
                f"{source}: this is no Maildir; it has no folders new and cur."
            )
        folder = mailbox.Maildir(source, create=False)
        for key in sorted(folder.keys()):
            yield folder.get_bytes(key)
    else:
        with source.open("rb") as file:
            yield file.read(LARGEST + 1)
