"""Words on buttons and links that tests look for, in one place."""

from __future__ import annotations

import re

# The card's button
CARD_WORDS = "Sign in"
CARD_BUTTON = re.compile(f"^{CARD_WORDS}")
# The button of the practice server's own page
SERVER_BUTTON = "Sign in"
