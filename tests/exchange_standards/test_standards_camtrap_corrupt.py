"""Corrupt packages: each is mended, and what was made of it told, or refused with its reason."""

import codecs
import gzip
import json
import socket
import stat
import zipfile

import pytest
from made_camtrap import (
    DEPLOYMENTS,
    MEDIA,
    OBSERVATIONS,
    descriptor,
    made_files,
    table_text,
    write_files,
    write_zip,
)

from pardine.base.errors import InputError
from pardine.exchange.camtrap_dp.read import read_package
from pardine.exchange.camtrap_dp.specification import SPECIFICATION
from pardine.exchange.camtrap_dp.write import write_package

ROWS = {"deployments": DEPLOYMENTS, "media": MEDIA, "observations": OBSERVATIONS}


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def with_cell(table, row, column, value):
    rows = [dict(each) for each in ROWS[table]]
    rows[row][column] = value
    return {f"{table}.csv": table_text(table, rows).encode()}


def with_descriptor(**changes):
    return {"datapackage.json": json.dumps({**descriptor(), **changes}).encode()}


def with_path(path, table="media"):
    resources = descriptor()["resources"]
    next(each for each in resources if each["name"] == table)["path"] = path
    return with_descriptor(resources=resources)


def without_columns(table, *columns):
    header = [name for name in SPECIFICATION[table].columns if name not in columns]
    return {f"{table}.csv": table_text(table, header=header).encode()}


def with_version(version):
    text = json.dumps(descriptor()).replace("1.0.2", version)
    return {"datapackage.json": text.encode()}


def renamed_header(table, old, new):
    return {f"{table}.csv": table_text(table).replace(old, new, 1).encode()}


def codes(error):
    return {problem.code for problem in error.problems} or {error.code}


def problem_of(error, code):
    return next(problem.fields for problem in error.problems if problem.code == code)


REFUSED = {
    "broken JSON": ({"datapackage.json": b'{"resources": [,]}'}, "json.broken"),
    "JSON cut off": ({"datapackage.json": json.dumps(descriptor()).encode()[:200]}, "json.broken"),
    "JSON nested too deeply": ({"datapackage.json": b"[" * 200_000}, "json.too_deep"),
    "JSON with NaN": (with_descriptor(coordinatePrecision=float("nan")), "json.not_a_number"),
    "a list, not an object": ({"datapackage.json": b"[]"}, "camtrapdp.not_an_object"),
    "binary descriptor": ({"datapackage.json": b"\x89PNG\r\n\x00\x00"}, "table.binary"),
    "no table of observations": ({"observations.csv": None}, "container.missing"),
    "old version": (with_version("0.1.6"), "camtrapdp.old_version"),
    "resource without a path": (
        with_descriptor(resources=[*descriptor()["resources"][:2], {"name": "observations"}]),
        "camtrapdp.bad_resource",
    ),
    "resource twice": (
        with_descriptor(resources=[*descriptor()["resources"], descriptor()["resources"][0]]),
        "camtrapdp.resource_twice",
    ),
    "absolute path": (with_path("/etc/passwd"), "container.unsafe_path"),
    "path on a drive": (with_path("C:\\media.csv"), "container.unsafe_path"),
    "path upwards": (with_path("../media.csv"), "container.unsafe_path"),
    "table on the network": (with_path("https://example.org/media.csv"), "camtrapdp.remote_table"),
    "indispensable column missing": (without_columns("media", "timestamp"), "imported.missing_column"),
    "code of a row missing": (with_cell("observations", 1, "observationID", ""), "imported.missing_value"),
    "code twice, other rows": (with_cell("observations", 1, "observationID", "o0"), "camtrapdp.not_unique"),
    "unknown deployment": (with_cell("media", 1, "deploymentID", "dep9"), "camtrapdp.unknown_key"),
    "unknown media": (with_cell("observations", 1, "mediaID", "m99"), "camtrapdp.unknown_key"),
    "no such day": (with_cell("media", 0, "timestamp", "2024-02-30T01:00:00+10:00"), "camtrapdp.bad_time"),
    "no such offset": (with_cell("media", 0, "timestamp", "2024-02-20T01:00:00+25:00"), "camtrapdp.bad_time"),
    "day or month": (with_cell("media", 0, "timestamp", "03/04/2024 01:00:00"), "camtrapdp.bad_time"),
    "words for a time": (with_cell("deployments", 0, "deploymentStart", "in spring"), "camtrapdp.bad_time"),
    "wrong word": (with_cell("observations", 0, "observationType", "tiger"), "camtrapdp.not_allowed"),
    "latitude out of range": (with_cell("deployments", 0, "latitude", "131.2"), "camtrapdp.out_of_range"),
    "box in pixels": (with_cell("observations", 0, "bboxWidth", "640"), "camtrapdp.out_of_range"),
    "animal counted 0": (with_cell("observations", 0, "count", "0"), "camtrapdp.out_of_range"),
    "text for a number": (with_cell("deployments", 0, "cameraHeight", "knee"), "camtrapdp.not_number"),
    "a thousand or a fraction": (
        with_cell("deployments", 0, "detectionDistance", "1,200"),
        "camtrapdp.not_number",
    ),
    "half a count": (with_cell("observations", 0, "count", "1.5"), "camtrapdp.not_integer"),
    "perhaps bait": (with_cell("deployments", 0, "baitUse", "perhaps"), "camtrapdp.not_boolean"),
    "absolute media path": (with_cell("media", 0, "filePath", "/cards/1.JPG"), "camtrapdp.unsafe_media_path"),
    "media path upwards": (with_cell("media", 0, "filePath", "a/../../1.JPG"), "camtrapdp.unsafe_media_path"),
    "media path to a file": (
        with_cell("media", 0, "filePath", "file:///etc/passwd"),
        "camtrapdp.unsafe_media_path",
    ),
    "not a media type": (with_cell("media", 0, "fileMediatype", "text/html"), "camtrapdp.not_media_type"),
    "row too long": ({"media.csv": table_text("media").encode() + b",,,,,,,,,,,,x\n"}, "table.ragged"),
    "row too short": ({"media.csv": table_text("media").encode() + b"m9,dep1\n"}, "table.ragged"),
    "quote never closed": ({"media.csv": table_text("media").encode() + b'"m9,dep1\n'}, "table.bad_quotes"),
    "column twice": (renamed_header("media", "mediaComments", "favorite"), "table.column_twice"),
    "empty table": ({"media.csv": b""}, "table.empty"),
    "gzip cut off": ({"media.csv": gzip.compress(table_text("media").encode())[:-20]}, "container.damaged"),
    "gzip bomb": ({"media.csv": gzip.compress(b"0" * (64 << 20))}, "container.too_large"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_refused_with_its_reason(tmp_path, fault):
    changes, code = REFUSED[fault]
    files = {**made_files(), **changes}
    write_files(tmp_path, {name: content for name, content in files.items() if content is not None})
    with pytest.raises(InputError) as refusal:
        read_package(tmp_path)
    assert code in codes(refusal.value)
    # One fault is not told as many.
    assert len(codes(refusal.value)) == 1


MENDED = {
    "byte-order mark": ({"media.csv": codecs.BOM_UTF8 + table_text("media").encode()}, None),
    "descriptor with a mark": (
        {"datapackage.json": codecs.BOM_UTF8 + json.dumps(descriptor()).encode()},
        None,
    ),
    "UTF-16": ({"media.csv": table_text("media").encode("utf-16")}, "camtrapdp.form"),
    "semicolons": ({"media.csv": table_text("media", separator=";").encode()}, "camtrapdp.form"),
    "tabs": ({"media.csv": table_text("media", separator="\t").encode()}, "camtrapdp.form"),
    "Windows line ends": ({"media.csv": table_text("media").replace("\n", "\r\n").encode()}, None),
    "old Mac line ends": ({"media.csv": table_text("media").replace("\n", "\r").encode()}, None),
    "blank lines": ({"media.csv": table_text("media").replace("\n", "\n\n").encode()}, None),
    "gzip": ({"media.csv": gzip.compress(table_text("media").encode())}, None),
    "no descriptor": ({"datapackage.json": None}, "camtrapdp.no_descriptor"),
    "no resources": ({"datapackage.json": b"{}"}, "camtrapdp.no_resources"),
    "table not named": (
        with_descriptor(resources=descriptor()["resources"][:2]),
        "camtrapdp.table_not_named",
    ),
    "later version": (with_version("1.1"), "camtrapdp.other_version"),
    "optional columns missing": (without_columns("media", "favorite", "exifData"), "camtrapdp.columns_added"),
    "media type missing": (without_columns("media", "fileMediatype"), "camtrapdp.filled"),
    "level missing": (without_columns("observations", "observationLevel"), "camtrapdp.filled"),
    "times of events missing": (
        without_columns("observations", "eventStart", "eventEnd"),
        "camtrapdp.filled",
    ),
    "other joints in names": (renamed_header("media", "mediaID", "media_id"), "camtrapdp.column_renamed"),
    "further column": (renamed_header("media", "mediaComments", "weather"), "camtrapdp.columns_kept"),
    "row twice": (
        {"media.csv": table_text("media", [*MEDIA, MEDIA[0]]).encode()},
        "camtrapdp.row_repeated",
    ),
    "blank for T": (with_cell("media", 0, "timestamp", "2024-03-10 00:15:00+1000"), "camtrapdp.repaired"),
    "EXIF time": (with_cell("media", 0, "timestamp", "2024:03:10 00:15:00+10"), "camtrapdp.repaired"),
    "fractions of a second": (
        with_cell("media", 0, "timestamp", "2024-03-10T00:15:00.000+10:00"),
        "camtrapdp.repaired",
    ),
    "no offset": (with_cell("media", 0, "timestamp", "2024-03-10T00:15:00"), "camtrapdp.offset_assumed"),
    "capitals": (with_cell("observations", 0, "observationType", "Animal"), "camtrapdp.repaired"),
    "letter for a sex": (with_cell("observations", 0, "sex", "F"), "camtrapdp.repaired"),
    "decimal comma": (with_cell("deployments", 0, "latitude", "43,5"), "camtrapdp.repaired"),
    "yes for true": (with_cell("deployments", 0, "baitUse", "No"), "camtrapdp.repaired"),
    "count with a point": (with_cell("observations", 0, "count", "1.0"), "camtrapdp.repaired"),
    "backslashes": (with_cell("media", 0, "filePath", ".\\media\\IMG_0000.JPG"), "camtrapdp.repaired"),
    "jpg for a type": (with_cell("media", 0, "fileMediatype", "JPG"), None),
}


@pytest.mark.parametrize("fault", MENDED)
def test_mended_to_the_same_rows_and_told(tmp_path, fault):
    changes, code = MENDED[fault]
    clean = read_package(write_files(tmp_path / "clean", made_files()))
    files = {**made_files(), **changes}
    folder = write_files(tmp_path / "odd", {k: v for k, v in files.items() if v is not None})
    package = read_package(folder)
    for name, frame in clean.tables.items():
        assert package.tables[name].equals(frame), name
    told = {notice.code for notice in package.notices}
    if code is not None:
        assert code in told
    elif fault != "jpg for a type":
        assert told == set()


def test_repair_names_file_line_column_and_both_values(tmp_path):
    files = {**made_files(), **with_cell("observations", 2, "sex", "самка")}
    package = read_package(write_files(tmp_path, files))
    (told,) = package.notices
    assert dict(told.fields) == {
        "file": "observations.csv",
        "row": 4,
        "column": "sex",
        "value": "самка",
        "made": "female",
    }
    assert package.repairs.rows() == [("observations.csv", 4, "sex", "самка", "female")]


def test_lines_are_those_of_the_file_below_cells_with_line_breaks(tmp_path):
    rows = [{**MEDIA[0], "mediaComments": "snow\nand wind\n"}, {**MEDIA[1], "timestamp": "never"}]
    files = {**made_files(), "media.csv": table_text("media", rows).encode()}
    with pytest.raises(InputError) as refusal:
        read_package(write_files(tmp_path, files))
    assert problem_of(refusal.value, "camtrapdp.bad_time")["row"] == 5


def test_every_problem_is_told_at_once(tmp_path):
    files = {
        **made_files(),
        **with_cell("deployments", 1, "latitude", "north"),
        **with_cell("media", 1, "timestamp", "noon"),
        **with_cell("observations", 1, "sex", "neuter"),
    }
    with pytest.raises(InputError) as refusal:
        read_package(write_files(tmp_path, files))
    assert codes(refusal.value) == {
        "camtrapdp.not_number",
        "camtrapdp.bad_time",
        "camtrapdp.not_allowed",
    }


def test_a_fault_in_each_row_is_told_ten_times_and_counted(tmp_path):
    rows = [{**OBSERVATIONS[0], "observationID": f"o{i}", "sex": "neuter"} for i in range(500)]
    files = {**made_files(), "observations.csv": table_text("observations", rows).encode()}
    with pytest.raises(InputError) as refusal:
        read_package(write_files(tmp_path, files))
    assert refusal.value.notice.fields["n_problems"] == 500
    assert len(refusal.value.problems) == 11
    assert problem_of(refusal.value, "imported.more_cells")["n_more"] == 490


def test_times_without_any_offset_need_a_person(tmp_path):
    files = made_files()
    files = {name: content.replace(b"+10:00", b"") for name, content in files.items()}
    folder = write_files(tmp_path, files)
    with pytest.raises(InputError) as refusal:
        read_package(folder)
    assert codes(refusal.value) == {"camtrapdp.no_offset"}
    package = read_package(folder, utc_offset_min=600)
    assert {each.utc_offset_min for each in (*package.deployments, *package.media)} == {600}
    assert "camtrapdp.offset_assumed" in {notice.code for notice in package.notices}


@pytest.mark.parametrize("inside", ["", "survey/"])
def test_zip_reads_as_its_folder(tmp_path, inside):
    files = {inside + name: content for name, content in made_files().items()}
    package = read_package(write_zip(tmp_path / "package.zip", files))
    assert package.n_rows == 12


def test_zip_that_leads_out_is_refused(tmp_path):
    path = write_zip(tmp_path / "evil.zip", {**made_files(), "../outside.csv": b"x"})
    with pytest.raises(InputError) as refusal:
        read_package(path)
    assert refusal.value.code == "container.unsafe_path"


def test_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = write_zip(tmp_path / "bomb.zip", {**made_files(), "media.csv": b"0" * (64 << 20)})
    with pytest.raises(InputError) as refusal:
        read_package(path)
    assert codes(refusal.value) == {"container.too_large"}


def test_zip_that_lies_about_its_sizes_is_refused(tmp_path):
    path = write_zip(tmp_path / "liar.zip", made_files())
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("media.csv")
    at = content.index(b"media.csv", content.index(b"PK\x01\x02"))
    content[at - 22 : at - 18] = (info.file_size // 2).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    with pytest.raises(InputError) as refusal:
        read_package(path)
    assert codes(refusal.value) == {"container.damaged"}


@pytest.mark.parametrize("size", [0, 10, 400])
def test_damaged_zip_is_refused(tmp_path, size):
    path = write_zip(tmp_path / "cut.zip", made_files())
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(InputError) as refusal:
        read_package(path)
    assert refusal.value.code == "container.damaged"


def test_link_out_of_the_folder_is_not_followed(tmp_path):
    files = made_files()
    secret = tmp_path / "secret.csv"
    secret.write_bytes(files.pop("media.csv"))
    folder = write_files(tmp_path / "package", files)
    (folder / "media.csv").symlink_to(secret)
    with pytest.raises(InputError) as refusal:
        read_package(folder)
    assert codes(refusal.value) == {"container.unsafe_path"}


def test_folder_without_a_package_is_refused(tmp_path):
    with pytest.raises(InputError) as refusal:
        read_package(tmp_path)
    assert refusal.value.code == "camtrapdp.no_package"
    with pytest.raises(InputError) as refusal:
        read_package(tmp_path / "nowhere")
    assert refusal.value.code == "table.unreadable_file"


def test_addresses_of_media_are_kept_and_not_fetched(tmp_path):
    files = {**made_files(), **with_cell("media", 0, "filePath", "https://example.org/1.jpg")}
    package = read_package(write_files(tmp_path, files))
    assert package.media[0].path == "https://example.org/1.jpg"


def test_reading_changes_nothing(tmp_path):
    folder = write_files(tmp_path, made_files())
    for path in folder.iterdir():
        path.chmod(stat.S_IRUSR)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    read_package(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_refused_package_is_not_written(tmp_path):
    files = {**made_files(), "datapackage.json": None}
    del files["datapackage.json"]
    package = read_package(write_files(tmp_path / "in", files))
    with pytest.raises(InputError) as refusal:
        write_package(package, tmp_path / "out")
    assert {p.fields["value"] for p in refusal.value.problems} == {
        "created",
        "contributors",
        "project.title",
        "project.samplingDesign",
    }
    assert not (tmp_path / "out").exists()
