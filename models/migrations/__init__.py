"""Revisions of the schema, each written once and then left alone."""
