"""A committee's meeting: its agenda, who comes, the roll, the minutes."""
