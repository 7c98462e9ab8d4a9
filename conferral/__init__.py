"""Composition root: settings, the embedded servers and the command line."""
