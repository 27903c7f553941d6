"""Whether a notice has every fact that its sentence needs."""

from string import Formatter

from pardine.language.messages import MESSAGES


def assert_told(notice):
    """Fail where the sentence of a notice names a field that the notice lacks, or has no sentence."""
    message = MESSAGES[notice.code]
    fields = {name for text in (message.sentence, message.hint) for _, name, _, _ in Formatter().parse(text)}
    assert fields - {None} <= notice.fields.keys(), notice
