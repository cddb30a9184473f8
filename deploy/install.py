"""Make `.venv` from the locked requirements: `python3 deploy/install.py STAMP LOCK...`. Standard library only.

The stamp holds a digest of the lock files, so that an untouched environment costs one comparison.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


def main(stamp: Path, locks: list[Path]) -> None:
    if sys.version_info < OLDEST:
        sys.exit(
            f"Yunshang needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make run PYTHON=python3.12"
        )
    wanted = digest(locks)
    if stamp.exists() and stamp.read_text() == wanted and is_whole():
        stamp.touch()
        return
    make_venv()
    install(locks)
    stamp.write_text(wanted)


def digest(locks: list[Path]) -> str:
    return hashlib.sha256(b"".join(lock.read_bytes() for lock in locks) + sys.version.encode()).hexdigest()


def is_whole() -> bool:
    """Whether the environment's interpreter starts: it does not after the clone was moved."""
    try:
        return subprocess.run([VENV / "bin/python", "-c", ""], check=False).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    if is_whole() and (VENV / "bin/pip").exists():
        return
    print("Creating .venv ...", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False)
    if made.returncode:
        sys.exit("Python could not create .venv. On Debian the package python3-venv brings what is missing.")


def install(locks: list[Path]) -> None:
    """Install exactly what the locks name, checked against their hashes, saying how far it is."""
    names = {match for lock in locks for match in re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[.*\])?==", lock.read_text())}
    print(f"Installing {len(names)} locked packages into .venv (once, about a minute) ...", flush=True)
    argv = [str(VENV / "bin/python"), "-m", "pip", "install", "--require-hashes", "--progress-bar", "off"]
    argv += ["--disable-pip-version-check", *(word for lock in locks for word in ("-r", str(lock)))]
    pip = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
    said: list[str] = []
    seen = 0
    for line in pip.stdout or ():
        said.append(line)
        seen += line.startswith(("Collecting", "Requirement already satisfied"))
        if line.startswith("Collecting"):
            print(f"  {seen:3} of {len(names)}  {line.split()[1].partition('==')[0]}", flush=True)
        elif line.startswith("Installing collected"):
            print("  unpacking ...", flush=True)
    if pip.wait():
        sys.exit("".join(said[-25:]) + "\nThe packages could not be installed: see above. Nothing else was changed.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
