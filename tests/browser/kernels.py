"""Kernels of more than one ipykernel, each an environment that scripts/test makes."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx

PROJECT = Path(__file__).parents[2]

# By the kernel's name; the first is what a new notebook gets.
PYTHONS = {"python3": Path(sys.executable)} | {
    f"ipykernel-{version}": PROJECT / f".venv-ipykernel-{version}" / "bin" / "python"
    for version in ("6.31.0", "6.17.1")
}


def kernel_specs() -> dict[str, dict[str, object]]:
    """The kernel.json of each kernel."""
    return {
        name: {
            "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": name,
            "language": "python",
        }
        for name, python in PYTHONS.items()
    }


class RunningKernels:
    """The kernels of one running Jupyter server, by its REST interface."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"authorization": f"token {token}"}
        self._api = httpx.Client(base_url=url, headers=headers, trust_env=False)

    def end(self) -> None:
        """End every kernel, so that the next test starts with fresh ones."""
        answer = self._api.get("api/sessions")
        for session in answer.raise_for_status().json():
            self._api.delete(f"api/sessions/{session['id']}").raise_for_status()

    def close(self) -> None:
        """Let go of the connection."""
        self._api.close()
