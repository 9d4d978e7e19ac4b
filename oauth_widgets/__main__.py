"""The command `oauth-widgets`, as `python -m oauth_widgets`."""

import sys

from oauth_widgets.cli import main

sys.exit(main())
