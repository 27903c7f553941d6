"""Bring the catalogues of translations up to date with the sentences in the sources.

    python tools/update_catalogues.py          write .po and .mo, list what is to be translated
    python tools/update_catalogues.py --todo   only list, as .po entries to fill in

Fill in the empty ``msgstr`` of src/pardine/language/locale/*/LC_MESSAGES/pardine.po, then run it again.
"""

import sys

from pardine.language.catalogue import mo_bytes, po_bytes, po_path, problems, updated
from pardine.language.translate import LANGUAGES


def main() -> int:
    """Write the catalogues; 1 where something is still to be translated."""
    todo = 0
    for language in LANGUAGES:
        if language == "en":
            continue
        catalogue = updated(language)
        path = po_path(language)
        if "--todo" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(po_bytes(catalogue))
            path.with_suffix(".mo").write_bytes(mo_bytes(catalogue))
        for problem in problems(catalogue):
            todo += 1
            print(f"{language}: {problem}")
    print(f"{todo} to do")
    return int(todo > 0)


if __name__ == "__main__":
    sys.exit(main())
