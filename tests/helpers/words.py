"""Words on buttons and links that tests look for, in one place."""

from __future__ import annotations

import re

# The card's button
SIGN_IN_LINK = re.compile("^Sign in")
# The button of the practice server's own page
SIGN_IN = "Sign in"
