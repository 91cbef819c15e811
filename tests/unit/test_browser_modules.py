"""The browser's modules have tests of their own, in JavaScript."""

import shutil
import subprocess

import pytest

from app.config import project_root

NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="node is not installed: the browser's modules go untested")
def test_the_browser_modules_pass_their_own_tests() -> None:
    """`node --test tests/js` passes."""
    assert NODE is not None
    files = sorted(map(str, (project_root() / "tests" / "js").glob("*.test.mjs")))
    assert files
    run = subprocess.run(
        [NODE, "--test", *files], capture_output=True, text=True, timeout=100, check=False
    )
    assert run.returncode == 0, run.stdout[-8_000:]
