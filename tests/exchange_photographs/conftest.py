"""Reading files that are built in the tests, with each notice put into words."""

import pytest

from pardine.exchange.photographs.header import ReadLimits
from pardine.exchange.photographs.media_file import examine_file
from pardine.language.catalogue import fields_of
from pardine.language.messages import MESSAGES
from pardine.language.translate import sentence


@pytest.fixture
def tell():
    """The sentence of a notice; fails where a field of it is missing."""

    def tell_notice(notice):
        message = MESSAGES[notice.code]
        wanted = {name.split(":")[0] for text in (message.sentence, message.hint) for name in fields_of(text)}
        assert wanted <= notice.fields.keys()
        return sentence(notice)

    return tell_notice


@pytest.fixture
def examine(tmp_path, tell):
    """What comes of a file of some bytes."""

    def examine_bytes(content, name="IMG_0001.JPG", **limits):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        examined = examine_file(path, root=tmp_path, limits=ReadLimits(**limits))
        for notice in examined.notices:
            tell(notice)
        assert path.read_bytes() == content
        return examined

    return examine_bytes


@pytest.fixture
def read(examine):
    """A file of some bytes that must be read."""

    def read_bytes(content, name="IMG_0001.JPG"):
        examined = examine(content, name)
        assert examined.media is not None, examined.notices
        return examined.media

    return read_bytes
