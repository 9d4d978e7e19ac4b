"""Try the installed wheel as a stranger would: import it, start the sandbox, ask it one thing.

Runs in an environment that has only the wheel, with the project's folder out of reach.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tempfile
import urllib.request
from pathlib import Path

import oauth_widgets

place = Path(oauth_widgets.__file__)
assert place.is_relative_to(sys.prefix), f"{place} is not the installed wheel"

command = [f"{sysconfig.get_path('scripts')}/oauth-widgets", "sandbox"]
command += ["--profile", "wgtwo", "--port", "0", "--json"]
with (
    tempfile.TemporaryDirectory() as elsewhere,
    subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=elsewhere, stdout=subprocess.PIPE, text=True
    ) as sandbox,
):
    try:
        ready = json.loads(sandbox.stdout.readline())
        missing = {"issuer", "discovery", "api", "clients", "users"} - ready.keys()
        assert not missing, f"the JSON line lacks {missing}"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(ready["discovery"], timeout=10) as answer:
            assert json.load(answer)["issuer"] == ready["issuer"]
    finally:
        sandbox.terminate()
