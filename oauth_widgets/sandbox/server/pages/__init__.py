"""The HTML that people see."""

from __future__ import annotations
