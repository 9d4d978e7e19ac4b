"""Words on buttons and links that tests look for, in one place."""

from __future__ import annotations

import re

SIGN_IN = "Sign in"
SIGN_IN_LINK = re.compile(f"^{SIGN_IN}")
