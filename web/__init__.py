"""Thin Flask: parse, perform, show."""
