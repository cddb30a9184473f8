"""Which state of the program runs: for the records of faults (clause 2.3)."""

from pathlib import Path


def build_of(clone: Path) -> str:
    """The first 12 digits of the clone's commit, "-" where there is none to read."""
    try:
        folder = clone / ".git"
        if folder.is_file():
            folder = Path(folder.read_text().removeprefix("gitdir:").strip())
        head = (folder / "HEAD").read_text().strip()
        return (_commit(folder, head.removeprefix("ref: ")) if head.startswith("ref: ") else head)[:12]
    except OSError:
        return "-"


def _commit(folder: Path, name: str) -> str:
    """The commit that a branch stands at. A linked working tree keeps its branches with the first one."""
    common = folder / "commondir"
    home = (folder / common.read_text().strip()) if common.exists() else folder
    if (home / name).exists():
        return (home / name).read_text().strip()
    packed = (line.partition(" ") for line in (home / "packed-refs").read_text().splitlines())
    return next((commit for commit, _, ref in packed if ref == name), "-")
