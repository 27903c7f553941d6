"""Every code of the tables has its sentence, and every sentence its use."""

import re
from pathlib import Path

import pardine.exchange
from pardine.language.messages import MESSAGES

FOLDER = Path(pardine.exchange.__file__).parent
AREAS = ("tables", "table", "session", "station", "effort", "capture", "mask", "telemetry", "export")
CODE = re.compile(rf'"((?:{"|".join(AREAS)})\.(?!csv)[a-z_]+)"')


def codes_in_source():
    return {code for path in FOLDER.glob("*.py") for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_code_has_a_sentence():
    assert codes_in_source() - MESSAGES.keys() == set()


def test_every_sentence_is_used():
    areas = ("table", "tables", "capture", "mask", "telemetry", "station")
    ours = {code for code in MESSAGES if code.split(".")[0] in areas}
    assert ours - codes_in_source() == set()
