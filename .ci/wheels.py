"""Shows that every dependency has a wheel for every Python and system that the classifiers name.

Nothing is installed. Markers are evaluated for the target: pip would take the machine it runs on.

    python .ci/wheels.py            all targets
    python .ci/wheels.py 3.15       one Python
"""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import tempfile
import zipfile
from email.parser import BytesParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SYSTEMS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "Linux": (
        tuple(f"manylinux_2_{minor}_x86_64" for minor in (5, 12, 17, 28)),
        {"sys_platform": "linux", "os_name": "posix", "platform_machine": "x86_64"},
    ),
    "macOS": (
        ("macosx_14_0_arm64",),
        {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "arm64"},
    ),
    "Windows": (
        ("win_amd64",),
        {"sys_platform": "win32", "os_name": "nt", "platform_machine": "AMD64"},
    ),
}
NAMES = {"Linux": "Linux", "macOS": "Darwin", "Windows": "Windows"}
"""What Python calls them (`platform.system()`)."""


def main(only: list[str]) -> int:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    pythons = re.findall(r"Python :: (3\.\d+)$", config["metadata"]["classifiers"], re.M)
    needed = [
        Requirement(line) for line in config["options"]["install_requires"].split("\n") if line
    ]
    missing = 0
    for python in only or pythons:
        for system in SYSTEMS:
            found, failed = shown(python, system, needed)
            for requirement, why in failed.items():
                print(f"no wheel of {requirement} for CPython {python} on {system}: {why}")
            print(
                f"CPython {python} on {system}: {found} wheels, {len(failed)} missing", flush=True
            )
            missing += len(failed)
    return int(bool(missing))


def shown(python: str, system: str, needed: list[Requirement]) -> tuple[int, dict[str, str]]:
    """How many wheels a target has of the requirements and of all that these need; and what it lacks."""
    environment = environment_of(python, system)
    queue, known, failed = list(needed), set[str](), dict[str, str]()
    with tempfile.TemporaryDirectory() as folder:
        while wanted := {
            canonicalize_name(one.name): one
            for one in queue
            if (one.marker is None or one.marker.evaluate(environment))
            and canonicalize_name(one.name) not in known
        }:
            known |= set(wanted)
            texts = [f"{one.name}{one.specifier}" for one in wanted.values()]
            if downloaded(folder, python, system, texts):
                for text in texts:  # which of them it was
                    if why := downloaded(folder, python, system, [text]):
                        failed[text] = why
            queue = [
                requirement
                for wheel in Path(folder).glob("*.whl")
                for requirement in requirements(wheel)
            ]
    return len(known) - len(failed), failed


def environment_of(python: str, system: str) -> dict[str, str]:
    """What markers ask of the target (the dependency specifiers' own list)."""
    return {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "platform_python_implementation": "CPython",
        "platform_system": NAMES[system],
        "platform_release": "",
        "platform_version": "",
        "extra": "",
        **SYSTEMS[system][1],
    }


def downloaded(folder: str, python: str, system: str, texts: list[str]) -> str:
    """Download wheels of these requirements alone; the reason where there are none."""
    abi = f"cp{python.replace('.', '')}"
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder,
        "--disable-pip-version-check", "--only-binary=:all:", "--implementation", "cp",
        "--python-version", python, "--abi", abi, "--abi", "abi3", "--abi", "none",
        *(part for name in SYSTEMS[system][0] for part in ("--platform", name)), *texts,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else ""


def requirements(wheel: Path) -> list[Requirement]:
    """What a wheel needs, by its own metadata."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = BytesParser().parsebytes(archive.read(name)).get_all("Requires-Dist", [])
    return [Requirement(line) for line in lines]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
