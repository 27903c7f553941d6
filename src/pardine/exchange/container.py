"""A folder or a zip file as a set of named files, none of them outside it, none larger than bearable."""

from __future__ import annotations

import gzip
import io
import lzma
import re
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from pardine.base.errors import InputError

MAX_FILE_BYTES = 512 << 20
MAX_FILES = 100_000
# Tables shrink to a tenth, very even ones to a fiftieth; bombs to a thousandth.
MAX_RATIO = 200
_RATIO_MATTERS_FROM_BYTES = 16 << 20
_CHUNK_BYTES = 1 << 20
_GZIP_START = b"\x1f\x8b"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DRIVE = re.compile(r"[A-Za-z]:")
_ENCRYPTED = 0x1
# What the unpackers of the standard library raise for content that is not what it says.
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError)


def is_remote(path: str) -> bool:
    """Whether a path is an address (``https://``, ``gs://``, ``file:``)."""
    return _SCHEME.match(path) is not None


def is_unsafe(path: str) -> bool:
    """Whether a path could lead out of the folder that it is told in."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    starts_badly = path.startswith(("/", "\\", "~")) or _DRIVE.match(path) is not None
    return starts_badly or ".." in parts or "\x00" in path or not parts


class Container(ABC):
    """Files by their names, with ``/`` between the parts."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Names of all files."""

    @abstractmethod
    def _bytes(self, name: str) -> bytes:
        """A file as it is."""

    def read(self, name: str) -> bytes:
        """A file, unpacked where it is gzipped.

        Raises
        ------
        InputError
            ``container.too_large``, ``container.damaged``, ``container.missing``.
        """
        content = self._bytes(name)
        return _gunzipped(content, name) if content.startswith(_GZIP_START) else content


class FolderContainer(Container):
    """Files of a folder and the folders in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder.name)
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """Names of the files of the folder and of those directly below it."""
        files = [*self._folder.glob("*"), *self._folder.glob("*/*")]
        return tuple(sorted(path.relative_to(self._folder).as_posix() for path in files if path.is_file()))

    def _bytes(self, name: str) -> bytes:
        path = self._folder / name
        try:
            # A link may lead out of the folder.
            if not path.resolve().is_relative_to(self._folder.resolve()):
                raise InputError("container.unsafe_path", file=self.name, value=name)
            if not path.is_file():
                raise InputError("container.missing", file=self.name, value=name)
            if path.stat().st_size > MAX_FILE_BYTES:
                raise InputError("container.too_large", file=name, expected=MAX_FILE_BYTES >> 20)
            return path.read_bytes()
        except (OSError, ValueError) as error:
            # A name that no file system can hold is a ValueError.
            reason = error.strerror if isinstance(error, OSError) else None
            raise InputError("table.unreadable_file", file=name, value=reason or "") from error


class ZipContainer(Container):
    """Files of a zip; the folder that all of them lie in is left out of their names."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        super().__init__(name)
        self._archive = archive
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > MAX_FILES:
            raise InputError("container.too_large", file=name, expected=MAX_FILE_BYTES >> 20)
        for info in infos:
            if is_unsafe(info.filename) or is_remote(info.filename):
                raise InputError("container.unsafe_path", file=name, value=info.filename)
        # Programs for macOS add files of their own beside the folder.
        infos = [info for info in infos if not info.filename.startswith("__MACOSX/")]
        top = {info.filename.partition("/")[0] if "/" in info.filename else "" for info in infos}
        prefix = f"{next(iter(top))}/" if len(top) == 1 and "" not in top else ""
        self._infos = {info.filename.removeprefix(prefix): info for info in infos}

    def names(self) -> tuple[str, ...]:
        """Names of all files."""
        return tuple(sorted(self._infos))

    def _bytes(self, name: str) -> bytes:
        info = self._infos.get(str(PurePosixPath(name)))
        if info is None:
            raise InputError("container.missing", file=self.name, value=name)
        if info.flag_bits & _ENCRYPTED:
            raise InputError("container.encrypted", file=self.name, value=name)
        _refuse_bomb(info.file_size, info.compress_size, name)
        try:
            with self._archive.open(info) as file:
                return _limited(iter(lambda: file.read(_CHUNK_BYTES), b""), info.compress_size, name)
        except _DAMAGE as error:
            raise InputError("container.damaged", file=self.name, value=name) from error


@contextmanager
def open_container(path: Path) -> Iterator[Container]:
    """The folder, the zip file, or the folder in which a file lies.

    Raises
    ------
    InputError
        ``container.damaged``, ``container.unsafe_path``, ``container.too_large``, ``table.unreadable_file``.
    """
    if path.is_dir():
        yield FolderContainer(path)
        return
    if not path.is_file():
        raise InputError("table.unreadable_file", file=str(path), value="")
    if path.suffix.lower() != ".zip":
        yield FolderContainer(path.parent)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InputError("container.damaged", file=path.name, value=path.name) from error
    with archive:
        yield ZipContainer(archive, path.name)


def _gunzipped(content: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            return _limited(iter(lambda: file.read(_CHUNK_BYTES), b""), len(content), name)
    except _DAMAGE as error:
        raise InputError("container.damaged", file=name, value=name) from error


def _limited(chunks: Iterator[bytes], packed_bytes: int, name: str) -> bytes:
    """The chunks joined, given up as soon as they grow out of proportion."""
    unpacked = bytearray()
    for chunk in chunks:
        unpacked += chunk
        _refuse_bomb(len(unpacked), packed_bytes, name)
    return bytes(unpacked)


def _refuse_bomb(unpacked_bytes: int, packed_bytes: int, name: str) -> None:
    is_bomb = unpacked_bytes > _RATIO_MATTERS_FROM_BYTES and unpacked_bytes > MAX_RATIO * max(packed_bytes, 1)
    if is_bomb or unpacked_bytes > MAX_FILE_BYTES:
        raise InputError("container.too_large", file=name, expected=MAX_FILE_BYTES >> 20)
