"""The state directory: ours alone while we live, readable by nobody else, and on a disk of this machine."""

import fcntl
import os
from pathlib import Path

from bridge.store.problems import CannotOpen

_NETWORK = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.ceph", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs",
        "fuse.sshfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "smb3",
        "smbfs", "virtiofs",
    }
)  # fmt: skip
"""File systems whose locks and syncs SQLite cannot rely on (H11)."""

_MOUNT_POINT, _TYPE_AFTER = 4, " - "


class StateLock:
    """A lock on the directory itself, kept until the process ends or lets go (H10)."""

    def __init__(self, directory: Path) -> None:
        self._file = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise CannotOpen(f"another bridge is already at work in {directory}") from None

    def release(self) -> None:
        """Let another process have the directory; may be called twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def prepare(path: Path, *, create: bool) -> None:
    """Make the directory where it is missing, and refuse a place where a database would not be safe."""
    if create:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.parent.is_dir():
        raise CannotOpen(f"there is no directory {path.parent}")
    kind = filesystem(path.parent.resolve(), Path("/proc/self/mountinfo").read_text(encoding="utf-8"))
    if kind in _NETWORK:
        raise CannotOpen(f"{path.parent} is on a network file system ({kind}); SQLite needs a disk of this machine")


def filesystem(directory: Path, mounts: str) -> str:
    """The type of the file system that holds the directory, after the lines of proc_pid_mountinfo(5)."""
    found = (0, "")
    for line in mounts.splitlines():
        left, _, right = line.partition(_TYPE_AFTER)
        point = left.split()[_MOUNT_POINT].encode().decode("unicode_escape")
        if right and directory.is_relative_to(point):
            found = max(found, (len(point), right.split()[0]), key=lambda mount: mount[0])
    return found[1]
