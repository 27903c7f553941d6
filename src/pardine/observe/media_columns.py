"""Media as columns: what rules and encounters need of a million photographs, without a record for each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pardine.observe.clock import Clocks
from pardine.observe.media import MediaFile

_NUMBER = re.compile(r"(\d{3,})(?:\(\d+\))?\.[A-Za-z0-9]+$")
_DCIM_FOLDER = re.compile(r"(\d{3})[A-Za-z0-9_]{5}")
# A name that ends in a date and a time: its last digits are the time, not a count of the camera's files.
_DATED = re.compile(
    r"(?:19|20)\d\d[-_. ]?\d\d[-_. ]?\d\d[-_. T]+\d\d[-_.h ]?\d\d(?:[-_.m ]?\d\d)?(?:\(\d+\))?\.[A-Za-z0-9]+$"
)
_FILES_A_FOLDER = 10_000


@dataclass(frozen=True, kw_only=True, eq=False)
class MediaColumns:
    """M photographs and videos, one array a fact.

    Attributes
    ----------
    code : (M,) array of text
        What a person finds it by: media code or path.
    deployment : (M,) array of int
        Number of the deployment in the list that goes with it; -1 where none is known.
    wall_clock : (M,) array of datetime64[s]
        As the camera showed it; NaT where no source tells.
    sha256 : (M,) array of text
        Of the bytes; empty where not told.
    file_number : (M,) array of int
        Order in which the camera wrote it, counted on through its folders; -1 where not told.
    serial, label : (M,) arrays of text
        Of the camera by the file itself; empty where not told.
    sequence_number : (M,) array of int
        Place in its trigger from 1; 0 where not told.
    infrared : (M,) array of int
        1 flash or infrared fired, 0 not, -1 not told.
    brightness, contrast : (M,) arrays
        Mean and standard deviation of the thumbnail, 0 to 1; NaN where none was made.
    view : (M, K) array
        Coarse picture of the thumbnail (such as 8 x 8 grey values), NaN where none was made; K may be 0.
    clock_source : (M,) array of text
        Source of ``wall_clock``; empty where not told.
    is_waiting : (M,) array of bool
        Whether the time is only proposed and waits for a person or a correction.
    readings : (M,) arrays of datetime64[s] by source
        What each source of time that can stand alone says by itself; NaT where it says nothing. Sources
        that say nothing of any file may be left out.
    """

    code: NDArray[Any]
    deployment: NDArray[np.int64]
    wall_clock: Clocks
    sha256: NDArray[Any]
    file_number: NDArray[np.int64]
    serial: NDArray[Any]
    label: NDArray[Any]
    sequence_number: NDArray[np.int64]
    infrared: NDArray[np.int64]
    brightness: NDArray[np.float64]
    contrast: NDArray[np.float64]
    view: NDArray[np.float64]
    clock_source: NDArray[Any]
    is_waiting: NDArray[np.bool_]
    readings: Mapping[str, Clocks] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of photographs and videos."""
        return int(self.deployment.size)


def media_columns(
    *,
    code: ArrayLike,
    deployment: ArrayLike,
    wall_clock: ArrayLike,
    sha256: ArrayLike | None = None,
    file_number: ArrayLike | None = None,
    serial: ArrayLike | None = None,
    label: ArrayLike | None = None,
    sequence_number: ArrayLike | None = None,
    infrared: ArrayLike | None = None,
    brightness: ArrayLike | None = None,
    contrast: ArrayLike | None = None,
    view: ArrayLike | None = None,
    clock_source: ArrayLike | None = None,
    is_waiting: ArrayLike | None = None,
    readings: Mapping[str, ArrayLike] | None = None,
) -> MediaColumns:
    """Columns with what is not told filled in as such.

    Raises
    ------
    ValueError
        Columns differ in length.
    """
    codes = np.asarray(code)
    n = codes.size

    def told(values: ArrayLike | None, missing: Any, dtype: Any = None) -> NDArray[Any]:
        return np.full(n, missing, dtype) if values is None else np.asarray(values, dtype)

    columns = MediaColumns(
        code=codes,
        deployment=np.asarray(deployment, dtype=np.int64),
        wall_clock=np.asarray(wall_clock, dtype="datetime64[s]"),
        sha256=told(sha256, ""),
        file_number=told(file_number, -1, np.int64),
        serial=told(serial, ""),
        label=told(label, ""),
        sequence_number=told(sequence_number, 0, np.int64),
        infrared=told(infrared, -1, np.int64),
        brightness=told(brightness, np.nan, np.float64),
        contrast=told(contrast, np.nan, np.float64),
        view=np.zeros((n, 0)) if view is None else np.asarray(view, dtype=np.float64),
        clock_source=told(clock_source, ""),
        is_waiting=told(is_waiting, False, np.bool_),
        readings={source: np.asarray(clocks, "datetime64[s]") for source, clocks in (readings or {}).items()},
    )
    arrays = {name: column for name, column in vars(columns).items() if name != "readings"}
    for name, column in (arrays | dict(columns.readings)).items():
        if len(column) != n:
            raise ValueError(f"column {name} has {len(column)} rows where code has {n}")
    return columns


def columns_of_files(
    files: Sequence[MediaFile], *, deployment: ArrayLike, wall_clock: ArrayLike
) -> MediaColumns:
    """Columns of files that were read, with the deployment and the time that were settled for each.

    Parameters
    ----------
    files : M records
    deployment : (M,) array of int
        Number of the deployment; -1 where none is known.
    wall_clock : (M,) array or sequence of moments
        The reading that was chosen; ``None`` or NaT where none was.
    """
    return media_columns(
        code=np.array([file.path for file in files], dtype=np.str_),
        deployment=deployment,
        wall_clock=wall_clock,
        sha256=np.array([file.sha256 for file in files], dtype=np.str_),
        file_number=file_numbers([file.path for file in files]),
        serial=np.array([file.camera_serial for file in files], dtype=np.str_),
        label=np.array([file.camera_label for file in files], dtype=np.str_),
        sequence_number=[file.sequence_number or 0 for file in files],
        infrared=[-1 if file.infrared is None else int(file.infrared) for file in files],
    )


def file_numbers(paths: Sequence[str]) -> NDArray[np.int64]:
    """Order in which a camera wrote its files, from their names and DCIM folders.

    A camera counts to 9999 and goes on in the next folder: ``101RECNX/RCNX0003.JPG`` is 1010003.

    Parameters
    ----------
    paths
        Of one camera's files; -1 for a name without a number, or one that ends in a date and a time.

    Examples
    --------
    >>> file_numbers(["100RECNX/RCNX0031.JPG", "IMG_0007.JPG", "leopard.jpg", "IMG_20240503_161431.JPG"])
    array([1000031,       7,      -1,      -1])
    """
    numbers = np.full(len(paths), -1, dtype=np.int64)
    for i, path in enumerate(paths):
        # Only the last two parts are looked at: a million paths are read so.
        *_, folder, name = ("", *path.replace("\\", "/").rsplit("/", 2))
        match = _NUMBER.search(name)
        if match and not _DATED.search(name):
            number = int(match.group(1))
            if number < _FILES_A_FOLDER * 1000:
                of_folder = _DCIM_FOLDER.fullmatch(folder)
                numbers[i] = int(of_folder.group(1) if of_folder else 0) * _FILES_A_FOLDER + number
    return numbers
