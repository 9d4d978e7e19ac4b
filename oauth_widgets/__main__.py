"""The command `oauth-widgets`, as `python -m oauth_widgets`."""

from __future__ import annotations

import sys

from oauth_widgets.cli import main

sys.exit(main())
