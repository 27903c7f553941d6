"""Wildlife Insights exports: the two real ones with their counts, and broken copies of a small one."""

import datetime as dt

import pytest
from made_camtrap import write_files, write_zip

from pardine.base.errors import InputError
from pardine.exchange.wildlife_insights import read_wildlife_insights

DEPLOYMENTS = (
    "project_id,deployment_id,placename,longitude,latitude,start_date,end_date,camera_id,camera_functioning\n"
    "7,d1,P1,131.2,43.5,2024-03-01 00:00:00,2024-03-11 00:00:00,c1,Camera Functioning\n"
    "7,d2,P2,131.3,43.6,2024-03-01 00:00:00,2024-03-11 00:00:00,c2,Vandalism/Theft\n"
)
IMAGES = (
    "deployment_id,image_id,filename,location,is_blank,identified_by,genus,species,class,common_name,"
    "timestamp,number_of_objects,age,sex,individual_id,cv_confidence\n"
    "d1,i1,1.JPG,gs://x/1.jpg,0,A,Panthera,pardus,Mammalia,Leopard,2024-03-02 04:00:00,1,Adult,Female,F07,\n"
    "d1,i1,1.JPG,gs://x/1.jpg,0,A,Panthera,pardus,Mammalia,Leopard,2024-03-02 04:00:00,2,Juvenile,,,\n"
    "d2,i2,2.JPG,gs://x/2.jpg,1,Computer vision,,,,Blank,2024-03-05 06:30:00,1,,,,0.93\n"
)
CAMERAS = "project_id,camera_id,make,model,serial_number\n7,c1,Reconyx,HF2X,H500\n7,c2,Bushnell,,\n"
FILES = {
    "deployments.csv": DEPLOYMENTS.encode(),
    "images.csv": IMAGES.encode(),
    "cameras.csv": CAMERAS.encode(),
    "projects.csv": b"project_id,project_name\n7,Simulated\n",
}


@pytest.mark.parametrize(
    ("name", "n_images", "n_blank", "species", "n_of_species"),
    [("cajambre", 5253, 893, "Tinamus major", 457), ("cristales", 4950, 0, "Tayassu pecari", 1853)],
)
def test_real_exports_come_in_with_their_counts(camtrap_data, name, n_images, n_blank, species, n_of_species):
    records = read_wildlife_insights(camtrap_data / "wiutils-wildlife-insights" / name / name)
    assert (len(records.media), len(records.sightings)) == (n_images, n_images)
    assert len(records.deployments) == 19
    assert sum(each.kind == "blank" for each in records.sightings) == n_blank
    assert sum(each.species == species for each in records.sightings) == n_of_species
    # No photograph lies outside the days of its deployment.
    spans = {each.code: (each.starts, each.ends) for each in records.deployments}
    assert all(spans[m.deployment][0] <= m.wall_clock <= spans[m.deployment][1] for m in records.media)


def test_lost_times_of_day_are_never_silently_accepted(camtrap_data):
    folder = camtrap_data / "wiutils-wildlife-insights"
    told = {
        name: {n.code for n in read_wildlife_insights(folder / name / name).notices}
        for name in ("cajambre", "cristales")
    }
    assert "wildlifeinsights.no_time_of_day" in told["cristales"]
    assert "wildlifeinsights.no_time_of_day" not in told["cajambre"]


@pytest.mark.parametrize("packed", [False, True])
def test_rows_become_records(tmp_path, packed):
    files = {f"export/{name}": content for name, content in FILES.items()}
    write_files(tmp_path, files)
    path = write_zip(tmp_path / "export.zip", files) if packed else tmp_path / "export"
    records = read_wildlife_insights(path, utc_offset_min=600)
    leopard, cub, blank = records.sightings
    assert (leopard.species, leopard.sex, leopard.age_class) == ("Panthera pardus", "F", "adult")
    assert (leopard.individual, leopard.count, leopard.method) == ("F07", 1, "human")
    assert (cub.code, cub.age_class, cub.count, cub.media) == ("i1_2", "cub", 2, "i1")
    assert (blank.kind, blank.method, blank.probability, blank.count) == ("blank", "machine", 0.93, None)
    assert [each.code for each in records.media] == ["i1", "i2"]
    assert records.deployments[0].camera_serial == "H500"
    assert records.deployments[0].utc_offset_min == 600


def test_failed_camera_works_until_its_last_image(tmp_path):
    records = read_wildlife_insights(write_files(tmp_path, FILES))
    spans = [(e.station, e.starts, e.ends, e.state) for e in records.effort]
    last = dt.datetime(2024, 3, 5, 6, 30)
    first_noon, last_noon = dt.datetime(2024, 3, 1, 12), dt.datetime(2024, 3, 11, 12)
    assert spans == [
        ("P1", first_noon, last_noon, "working"),
        ("P2", first_noon, last, "working"),
        ("P2", last, last_noon, "vandalised"),
    ]
    assert "wildlifeinsights.failed_camera" in {notice.code for notice in records.notices}


BROKEN = {
    "no images": ({"images.csv": None}, {"imported.no_table"}),
    "column missing": (
        {"images.csv": IMAGES.replace("image_id", "image").encode()},
        {"imported.missing_column"},
    ),
    "unknown deployment": (
        {"images.csv": IMAGES.replace("d2,", "d9,").encode()},
        {"wildlifeinsights.unknown_deployment"},
    ),
    "bad time": ({"images.csv": IMAGES.replace("06:30:00", "26:30").encode()}, {"imported.bad_time"}),
    "bad place": (
        {"deployments.csv": DEPLOYMENTS.replace("43.5", "943.5").encode()},
        {"imported.bad_number"},
    ),
    "bad count": (
        {"images.csv": IMAGES.replace(",1,,,,0.93", ",few,,,,0.93").encode()},
        {"imported.bad_number"},
    ),
    "bad probability": ({"images.csv": IMAGES.replace("0.93", "93").encode()}, {"imported.bad_number"}),
    "deployment twice": (
        {
            "deployments.csv": DEPLOYMENTS.replace("7,d2", "7,d1").encode(),
            "images.csv": IMAGES.replace("d2,", "d1,").encode(),
        },
        {"wildlifeinsights.bad_code"},
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_exports_are_refused(tmp_path, fault):
    changes, expected = BROKEN[fault]
    files = {k: v for k, v in {**FILES, **changes}.items() if v is not None}
    with pytest.raises(InputError) as refusal:
        read_wildlife_insights(write_files(tmp_path, files))
    assert {problem.code for problem in refusal.value.problems} == expected
