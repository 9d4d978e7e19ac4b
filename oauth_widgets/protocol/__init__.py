"""Frozen values and pure checks: the standards, with no I/O and the clock passed in."""
