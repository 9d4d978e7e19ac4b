"""What changes while a sandbox runs: grants, sign-ins, keys, switches."""

from __future__ import annotations
