"""Write the pinned requirement files from ``pyproject.toml``: exact versions and hashes for every platform.

``python3 packaging/dev.py lock`` keeps the pinned versions that still fit; ``lock --upgrade`` takes the newest.
"""

import os
import re
import subprocess
import tomllib
from pathlib import Path

from dev_system import SetupError, say
from dev_venv import PROFILES, REQUIREMENTS, Environment, child_environment

#: uv's names of the systems that are built for.
PLATFORMS = ("x86_64-manylinux_2_34", "x86_64-pc-windows-msvc", "aarch64-apple-darwin", "x86_64-apple-darwin")
HEADER = "# Pinned for Linux, macOS and Windows by: python3 packaging/dev.py lock. Do not edit by hand.\n"
_ENTRY = re.compile(r"^(?=[A-Za-z0-9])", re.MULTILINE)


def entries(text: str) -> list[str]:
    """Split a requirement file into its entries, each with its hashes; leading comments and options fall away."""
    return [part.rstrip() + "\n" for part in _ENTRY.split(text) if re.match(r"[A-Za-z0-9]", part)]


def build_requirements(pyproject: str) -> list[str]:
    """Return what building the project needs; pinned too, since it is installed without build isolation."""
    requires = tomllib.loads(pyproject)["build-system"]["requires"]
    return [str(requirement) for requirement in requires]


def layered(profile: str, compiled: dict[str, list[str]]) -> str:
    """Return the text of one file: the file it builds on by reference, then only what it adds.

    Raises
    ------
    SetupError
        Where the two disagree on a version, so that they could not be installed together.
    """
    *below, name = PROFILES[profile]
    if not below:
        return HEADER + "".join(compiled[name])
    base = {entry.split(" ", 1)[0]: entry for entry in compiled[below[-1]]}
    names = {pin.split("==")[0] for pin in base}
    added = []
    for entry in compiled[name]:
        pin = entry.split(" ", 1)[0]
        if pin in base:
            continue
        if pin.split("==")[0] in names:
            raise SetupError(f"{name}.txt would need {pin}, which is not the version in {below[-1]}.txt.")
        added.append(entry)
    return HEADER + f"-r {below[-1]}.txt\n" + "".join(added)


def lock(environment: Environment, arguments: list[str]) -> None:
    """Resolve every profile and rewrite the files under ``packaging/requirements``."""
    root = environment.root
    uv: list[str | Path] = [environment.python, "-m", "uv"]
    build = "\n".join(build_requirements((root / "pyproject.toml").read_text("utf-8")))
    compiled: dict[str, list[str]] = {}
    for name in PROFILES:
        say(f"Resolving {name}")
        compiled[name] = entries(_compile(uv, root, name, build, compiled.get("run", []), arguments, environment))
    for name in PROFILES:
        path = root / REQUIREMENTS / f"{name}.txt"
        path.write_text(layered(name, compiled), "utf-8", newline="\n")
        say(f"Wrote {path.relative_to(root).as_posix()}: {len(compiled[name])} packages in all")
    check_platforms(uv, root, environment)


def check_platforms(uv: list[str | Path], root: Path, environment: Environment) -> None:
    """Make sure that each system can install what is built from, by wheels with their hashes; nothing is installed.

    Raises
    ------
    SetupError
        Where a package has no wheel for a system.
    """
    for platform in PLATFORMS:
        command: list[str | Path] = [*uv, "pip", "install", "--quiet", "--no-config", "--dry-run", "--no-deps"]
        command += ["--only-binary", ":all:", "--require-hashes", "--python-platform", platform]
        command += ["--target", root / "build" / "lock" / platform, "-r", root / REQUIREMENTS / "build.txt"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=root, env=_without_settings(environment)
        )
        if done.returncode != 0:
            raise SetupError(f"What is pinned cannot be installed on {platform}:\n{done.stderr.strip()}")
        say(f"Installable on {platform}")


def _compile(
    uv: list[str | Path],
    root: Path,
    name: str,
    build: str,
    base: list[str],
    arguments: list[str],
    environment: Environment,
) -> str:
    work = root / "build" / "lock"
    work.mkdir(parents=True, exist_ok=True)
    output = work / f"{name}.txt"
    # uv prefers the versions in an existing output file: the committed pins, or those just resolved for "run".
    committed = root / REQUIREMENTS / f"{name}.txt"
    kept = entries(committed.read_text("utf-8")) if committed.exists() else []
    output.write_text("".join(base + kept), "utf-8")
    constraints = work / "base.txt"
    constraints.write_text("".join(base), "utf-8")
    command: list[str | Path] = [
        *uv,
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--generate-hashes",
        "--only-binary",
        ":all:",
    ]
    command += ["--no-header", "--no-emit-index-url", "--no-emit-find-links", "--annotation-style", "line"]
    # A local folder of wheels, or a mirror's rebuilt ones, must not decide what everybody installs.
    command += ["--no-config", "--constraint", constraints, "--output-file", output, *arguments]
    command += ["pyproject.toml", "-"] + (["--extra", name] if name != "run" else [])
    result = subprocess.run(
        command,
        input=build,
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env=_without_settings(environment),
    )
    if result.returncode != 0:
        raise SetupError(f"{name} could not be resolved:\n{result.stderr.strip()}")
    return output.read_text("utf-8")


def _without_settings(environment: Environment) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("UV_")}
    return child_environment(environment.venv, clean)
