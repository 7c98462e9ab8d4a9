"""Read-only answers for pages, mail and the command line: typed, frozen, and never a decision."""
