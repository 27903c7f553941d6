"""Every code of these readers has its sentence, every sentence its use, every own table its page."""

import re
from pathlib import Path

import pardine.exchange
from pardine.exchange.camtrap_dp.custom import DECLARED_TABLES, own_columns
from pardine.language.messages import MESSAGES

FOLDER = Path(pardine.exchange.__file__).parent
REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "camtrap-dp.md"
AREAS = "camtrapdp|wildlifeinsights|megadetector|camtrapr|imported|container|json"


def codes_in_source():
    code = re.compile(rf'"((?:{AREAS})\.[a-z_]+)"')
    return {
        found for path in FOLDER.rglob("*.py") for found in code.findall(path.read_text(encoding="utf-8"))
    }


def test_every_code_has_a_sentence():
    assert codes_in_source() - MESSAGES.keys() == set()


def test_every_sentence_is_used():
    assert {code for code in MESSAGES if re.match(rf"(?:{AREAS})\.", code)} - codes_in_source() == set()


def test_the_reference_names_every_own_table_and_column():
    text = REFERENCE.read_text(encoding="utf-8")
    for name in DECLARED_TABLES:
        assert f"| `{name}` | {', '.join(own_columns(name))} |" in text
