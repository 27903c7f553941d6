"""A real process that writes to a project until it is killed, and says what is safely stored.

Run as: write_until_killed.py FOLDER NAME [ROUNDS]. After each commit it prints a line with what it wrote:
``survey CODE`` or ``decision SUBJECT``. A line that was printed is a promise.
"""

import itertools
import sys
from pathlib import Path

from survey_examples import large_survey, table

from pardine.store.decisions import Draft, append
from pardine.store.project import open_project
from pardine.store.runs import new_run
from pardine.store.survey import save_survey

CAPTURES, MASK_POINTS = 300, 200


def main(folder: str, name: str, rounds: str = "1000000") -> None:
    with open_project(Path(folder)) as project:
        for number in itertools.islice(itertools.count(), int(rounds)):
            code = f"{name}-{number}"
            source = table("captures", f"simulated table of {code}\n".encode() * 500, f"{code}.csv")
            survey = large_survey(CAPTURES, MASK_POINTS, session=code)
            save_survey(project, survey, [source], run=new_run("add", {"session": code}))
            print(f"survey {code}", flush=True)
            append(project, [Draft(kind="k", subject_uid=code, after=part) for part in range(3)])
            print(f"decision {code}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
