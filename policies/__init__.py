"""Editions of the policy, routing table, calendars, committee rules: data and pure questions."""
