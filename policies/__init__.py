"""Editions of the policy, decision tables, calendars and committee rules: data and pure questions."""
