"""Kernels of more than one ipykernel, each an environment that scripts/test makes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = Path(__file__).parents[2]

# By the kernel's name; the first is what a new notebook gets.
PYTHONS = {
    "python3": Path(sys.executable),
    "ipykernel-6.31": PROJECT / ".venv-ipykernel-6.31" / "bin" / "python",
    "ipykernel-6.17": PROJECT / ".venv-lowest" / "bin" / "python",
}


def write_json(file: Path, content: Mapping[str, object]) -> None:
    """Write a file of settings, its folder included."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))


def write_kernels(folder: Path) -> None:
    """Let Jupyter know each kernel whose environment is there."""
    for name, python in PYTHONS.items():
        command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": command, "display_name": name, "language": "python"}
        write_json(folder / name / "kernel.json", spec)


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
