"""The guards of conftest.py do guard."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_no_connection_leaves_this_machine():
    with socket.socket() as outside:  # an address reserved for documentation
        with pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
            outside.connect(("192.0.2.1", 443))
        with pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
            outside.connect_ex(("192.0.2.1", 443))
    with pytest.raises(RuntimeError, match=r"example\.invalid"):
        socket.create_connection(("example.invalid", 443))


def test_this_machine_can_be_reached():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(("localhost", server.getsockname()[1]), timeout=5):
            pass


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="settings lie elsewhere on this system")
def test_settings_of_whoever_runs_the_tests_are_out_of_reach(tmp_path_factory: pytest.TempPathFactory):
    from PySide6.QtCore import QSettings

    assert Path(QSettings("Trimtab", "Trimtab").fileName()).is_relative_to(tmp_path_factory.getbasetemp())


def test_a_leaked_thread_fails_its_test_and_one_that_ends_does_not(tmp_path: Path):
    (tmp_path / "test_threads.py").write_text(
        """
import threading

def test_ends():
    threading.Timer(0.05, lambda: None).start()

def test_leaks():
    threading.Thread(target=threading.Event().wait, name="the leak", daemon=True).start()
"""
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", tmp_path, tmp_path],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 passed, 1 error" in done.stdout
    assert "threads left running: ['the leak']" in done.stdout
