"""Folder components: what files go together when no build file says so."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePosixPath

TOP_FOLDER = "(top folder)"
"""Name of the component of files that lie in the root itself."""
MAX_FILES = 40
"""A folder with more CUDA files than this is split into its subfolders, and so is one with more files
than this of which only a few are CUDA: there the port is in a corner, and the rest would hide it.
Judgement: about what one person keeps in mind."""
_FEW = 0.25


def folder_names(
    paths: Iterable[PurePosixPath], *, cuda_paths: Collection[PurePosixPath], max_files: int = MAX_FILES
) -> Mapping[PurePosixPath, str]:
    """Return for each file the folder it goes with: the top-level one, or one below when that is large."""
    cuda = frozenset(cuda_paths)
    names: dict[PurePosixPath, str] = {}
    waiting = [(PurePosixPath("."), sorted(paths))]
    while waiting:
        folder, inside = waiting.pop()
        depth = len(folder.parts)
        below: dict[str, list[PurePosixPath]] = defaultdict(list)
        for path in inside:
            if len(path.parts) == depth + 1:
                names[path] = str(folder) if depth else TOP_FOLDER
            else:
                below[path.parts[depth]].append(path)
        for name, files in below.items():
            if _is_split(len(files), sum(path in cuda for path in files), max_files):
                waiting.append((folder / name, files))
            else:
                names.update(dict.fromkeys(files, str(folder / name)))
    return names


def _is_split(file_count: int, cuda_count: int, max_files: int) -> bool:
    if cuda_count > max_files:
        return True
    return file_count > max_files and 0 < cuda_count < _FEW * file_count
