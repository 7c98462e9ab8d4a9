"""Open Badges 3.0: build, guard, sign, verify and bake, with no database."""
