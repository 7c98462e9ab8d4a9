"""`python -m conferral` is the command `conferral`."""

from conferral.commands import main

main()
