"""What a release is made by: the changelog's words for it, the workflows, the scripts that try a package."""

import re
import shutil
import subprocess

import pytest

import build
import changes
import dev_commands

WORKFLOWS = sorted((build.ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = [build.PACKAGING / "linux" / name for name in ("install.sh", "try_package.sh")]
SCRIPTS.append(build.PACKAGING / "macos" / "keychain.sh")


def test_the_section_of_a_version_is_found_and_only_that():
    text = "# Changelog\n\n## Unreleased: 0.2.0\n\n- New.\n\n## 0.3.1 (2026-11-25)\n\n**First**\n\n- Old.\n"
    assert changes.changes(text, "0.2.0") == "- New.\n"
    assert changes.changes(text, "0.3.1") == "**First**\n\n- Old.\n"
    with pytest.raises(ValueError, match=r"0\.3\.0"):
        changes.changes(text, "0.3.0")
    with pytest.raises(ValueError, match="nothing"):
        changes.changes("## 0.3.1\n\n## 0.0.9\n- x\n", "0.3.1")


def test_this_version_has_a_section():
    assert changes.changes(changes.CHANGELOG.read_text("utf-8"), build.version())


def test_workflows_call_commands_that_there_are():
    called = [
        found for path in WORKFLOWS for found in re.findall(r"packaging/(\w+)\.py (\w+)", path.read_text("utf-8"))
    ]
    helps = {"build": build.HELP, "dev": dev_commands.HELP}
    assert {name for name, _ in called if name in helps} == {"build", "dev"}
    assert [(name, word) for name, word in called if name in helps and f"\n  {word} " not in helps[name]] == []
    assert {word for name, word in called if name == "build"} >= {"bundle", "deb", "tarball", "installer", "dmg"}
    for path in WORKFLOWS:
        for script in re.findall(r"packaging/(?:linux|macos)/\w+\.sh", path.read_text("utf-8")):
            assert (build.ROOT / script).is_file()


def test_workflows_hold_no_secret_and_ask_for_few_rights():
    for path in WORKFLOWS:
        text = path.read_text("utf-8")
        assert "permissions:\n  contents: read" in text
        for line in re.findall(r"^.*(?:PASSWORD|CERTIFICATE|THUMBPRINT|COMMAND):.*$", text, re.MULTILINE):
            assert "${{ secrets." in line, line


@pytest.mark.skipif(not shutil.which("sh"), reason="no shell here")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_read_by_a_plain_shell(script):
    done = subprocess.run(["sh", "-n", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("sed") or not shutil.which("sh"), reason="no Unix here")
def test_the_tarballs_installer_takes_away_all_that_it_put_there(tmp_path):
    unpacked, home = tmp_path / "unpacked", tmp_path / "home"
    (unpacked / "trimtab").mkdir(parents=True)
    (unpacked / "trimtab" / "trimtab").write_text("#!/bin/sh\necho started\n")
    (unpacked / "trimtab" / "trimtab").chmod(0o755)
    (unpacked / "share" / "icons").mkdir(parents=True)
    for size in (16, 24, 32, 48, 64, 128, 256, 512):
        (unpacked / "share" / "icons" / f"trimtab-{size}.png").write_text("x")
    for name in ("trimtab.desktop", "trimtab-mime.xml"):
        shutil.copy(build.PACKAGING / "linux" / name, unpacked / "share" / name)
    shutil.copy(SCRIPTS[0], unpacked / "install.sh")
    home.mkdir()
    (home / "Clients.trimtab").write_text("a book")

    def install(*arguments, folder=unpacked):
        return subprocess.run(
            ["sh", folder / "install.sh", *arguments],
            env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert install().returncode == 0
    assert install().returncode == 0  # over an older one
    command = home / ".local" / "bin" / "trimtab"
    assert subprocess.run([command], capture_output=True, text=True, check=True).stdout == "started\n"
    entry = (home / ".local/share/applications/trimtab.desktop").read_text()
    assert f'Exec="{command}" %F' in entry
    assert install("--nonsense").returncode == 2
    assert install("--uninstall", folder=home / ".local" / "opt" / "trimtab").returncode == 0
    assert list(home.rglob("*")) == [home / "Clients.trimtab"]

    assert install().returncode == 0
    others = [home / ".local/share/applications/other.desktop", home / ".local/share/mime/packages/other.xml"]
    for other in others:
        other.write_text("<mime-info xmlns='http://www.freedesktop.org/standards/shared-mime-info'/>")
    assert install("--uninstall").returncode == 0
    assert all(other.exists() for other in others)
    assert [path.name for path in home.rglob("*trimtab*")] == ["Clients.trimtab"]
