"""JSON files of others: any encoding, bounded, and a reason where they cannot be read."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from pardine.base.errors import InputError
from pardine.exchange.encoding import decode


def parse_json(content: bytes, file: str) -> tuple[Any, str]:
    """A JSON document and the encoding it was in.

    Raises
    ------
    InputError
        ``json.broken`` with line and column, ``json.too_deep``, ``json.not_a_number``; what
        `exchange.encoding.decode` raises.
    """
    text, encoding = decode(content, file)

    def refuse_constant(name: str) -> NoReturn:
        raise InputError("json.not_a_number", file=file, value=name)

    try:
        return json.loads(text, parse_constant=refuse_constant), encoding
    except json.JSONDecodeError as error:
        facts: dict[str, Any] = {"row": error.lineno, "column": error.colno}
        raise InputError("json.broken", file=file, **facts) from error
    except (RecursionError, ValueError) as error:
        raise InputError("json.too_deep", file=file) from error
