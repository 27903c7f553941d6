"""Every code of the photographs has its sentence, and every sentence its use."""

import re
from pathlib import Path

import pardine.exchange.photographs
from pardine.language.messages import MESSAGES

CODE = re.compile(r'"(photograph\.[a-z_]+)"')


def test_codes_and_sentences_match():
    folder = Path(pardine.exchange.photographs.__file__).parent
    used = {code for path in folder.glob("*.py") for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert used == {code for code in MESSAGES if code.startswith("photograph.")}
