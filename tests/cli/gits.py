"""Git repositories made by tests, without the user's configuration."""

import os
import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str, date: str = "") -> str:
    """Run git in a folder and return what it said."""
    who = {f"GIT_{role}_{part}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    when = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
    own = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ("git", "-C", folder, *arguments),
        env={**own, "GIT_CONFIG_GLOBAL": "/dev/null", **who, **when},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()
