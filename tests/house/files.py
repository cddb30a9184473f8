"""The files of the house, for rules that hold everywhere."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = {".git", ".venv", "instance", "__pycache__", "node_modules", ".build", "vendor"}


def tracked() -> list[Path]:
    """Every file of the project: what git tracks or would track, or all there is where git is not."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listing.returncode == 0:
        return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and not OUTSIDE & set(path.relative_to(ROOT).parts)]


def texts() -> dict[Path, str]:
    """Every text file of the project with its content."""
    found = {}
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            found[path.relative_to(ROOT)] = content.decode(errors="replace")
    return found


def templates() -> dict[Path, str]:
    return {path: text for path, text in texts().items() if "templates" in path.parts and "tests" not in path.parts}


def code() -> dict[Path, str]:
    """The Python of the shop and of the counting house."""
    return {
        path: text for path, text in texts().items() if path.suffix == ".py" and path.parts[0] in ("app", "analytics")
    }
