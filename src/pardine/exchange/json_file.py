"""JSON files of others: any encoding, bounded, and a reason where they cannot be read."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from pardine.base.errors import InputError
from pardine.exchange.encoding import decode

_HALF_SIGN = re.compile(r"\\u[dD][89a-fA-F]")


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
        document = json.loads(text, parse_constant=refuse_constant)
        if _HALF_SIGN.search(text):
            # Halves of signs that do not belong together cannot be written to any file.
            json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InputError("json.not_a_number", file=file, value=r"\ud800") from error
    except json.JSONDecodeError as error:
        facts: dict[str, Any] = {"row": error.lineno, "column": error.colno}
        raise InputError("json.broken", file=file, **facts) from error
    except (RecursionError, ValueError) as error:
        raise InputError("json.too_deep", file=file) from error
    return document, encoding
