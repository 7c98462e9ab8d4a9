"""A university year on a clock that skips: many people, the real engine, relay, mail and keys."""
