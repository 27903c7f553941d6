"""Where a project lies: whether its disk is another computer's, and which place decisions come from."""

from __future__ import annotations

import hashlib
import platform
import shutil
from pathlib import Path, PurePosixPath

_MOUNTS = Path("/proc/mounts")
_NETWORK_TYPES = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "9p", "webdav",
     "davfs", "fuse.sshfs", "fuse.rclone", "fuse.davfs2", "fuse.glusterfs", "ncpfs"}
)  # fmt: skip


def network_share_type(directory: Path) -> str | None:
    """Kind of network share that a folder lies on, such as ``"nfs"``; ``None``: not known to be on one.

    Notes
    -----
    Best effort: the table of mounts on Linux, and paths that begin with two slashes on Windows. A
    Windows drive letter that stands for a share, and macOS, are not recognised.
    """
    resolved = directory.resolve()
    if resolved.drive.startswith("\\\\"):
        return "unc"
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    kind = _mount_type(resolved.as_posix(), mounts)
    return kind if kind in _NETWORK_TYPES else None


def _mount_type(path: str, mounts: str) -> str | None:
    """Type of the mount that holds a path: the longest mount point that is a parent of it."""
    best, best_type = -1, None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        # Blanks in a mount point are written as octal.
        point = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        depth = len(PurePosixPath(point).parts)
        if depth >= best and PurePosixPath(path).is_relative_to(point):
            best, best_type = depth, fields[2]
    return best_type


def fingerprint(directory: Path, *identity: str) -> str:
    """What tells this very folder on this very machine from a copy of it.

    A copy gets another fingerprint, so that decisions made in it start a chain of their own instead
    of forking the chain of the original. A folder that was only moved also does, which costs one more
    chain and nothing else.

    Parameters
    ----------
    directory
        The project folder.
    identity
        What else makes the database this one: its file number, or its name on a server.
    """
    parts = (platform.node(), directory.resolve().as_posix(), *identity)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def free_bytes(directory: Path) -> int:
    """Free space of the disk that a folder lies on."""
    return shutil.disk_usage(directory).free
