"""Without a screen the program says so instead of being ended by Qt."""

import os
import subprocess
import sys

import pytest

from desktop.screen import has_screen
from tests.virtual_screen import virtual_screen

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")


def started(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    code = "from desktop.__main__ import main; raise SystemExit(main([]))"
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@linux
@pytest.mark.parametrize("display", [None, ":987"])
def test_no_screen_is_said_in_words(display: str | None):
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    if display is not None:
        environment["DISPLAY"] = display
    ended = started(environment)
    assert ended.returncode == 1
    assert "there is no screen" in ended.stderr
    assert "trimtab demo" in ended.stderr
    assert "Traceback" not in ended.stderr


@linux
def test_a_screen_that_answers_is_found(monkeypatch: pytest.MonkeyPatch):
    with virtual_screen() as environment:
        monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setenv("DISPLAY", environment["DISPLAY"])
        assert has_screen()


def test_a_platform_that_was_chosen_is_taken_at_its_word(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert has_screen()
