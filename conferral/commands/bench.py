"""`conferral bench`: what a transition costs, against the server's own floors and naive code."""

import subprocess
import sys
from pathlib import Path

import click

from conferral.errors import ConferralError

#: The bench is no part of what is installed: it stands beside the rooms in a checkout.
CHECKOUT = Path(__file__).resolve().parents[2]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--rounds", default=5, show_default=True, type=click.IntRange(1), help="Every kind in each."
)
@click.option(
    "--seconds", default=2.0, show_default=True, type=click.FloatRange(0.1), help="Of one figure."
)
@click.option("--all", "everything", is_flag=True, help="Sweep a million deadlines too (minutes).")
def command(*, as_json: bool, rounds: int, seconds: float, everything: bool) -> int:
    """Measure whole transitions on a server of their own; about three minutes."""
    if not (CHECKOUT / "bench" / "__main__.py").exists():
        raise ConferralError("The bench is not installed with Conferral: run it in a checkout.")
    words = ["--rounds", str(rounds), "--seconds", str(seconds)]
    words += ["--json"] * as_json + ["--all"] * everything
    return subprocess.run(
        [sys.executable, "-m", "bench", *words], cwd=CHECKOUT, check=False
    ).returncode
