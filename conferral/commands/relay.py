"""`conferral relay`: find whatever is due and carry it out, with or without a broker."""

import click

from conferral.process import task_context
from tasks.loop import run_relay


@click.command()
def command() -> None:
    """Carry out what is due until SIGTERM. Any number may run."""
    run_relay(task_context())
