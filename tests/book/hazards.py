"""Tasks that kill or break their worker, told apart by the household's first lot; importable by any process."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from core.book import job
from core.book.job import Outcome, Task

real = job.do


def do(task: Task) -> Outcome:
    """The real work; a household whose id is listed in $TRIMTAB_TEST_HAZARD gets what is said there.

    ``id:kill`` dies each time; ``id:once`` dies the first time (a file marks it); ``id:slow`` takes its time.
    """
    for word in os.environ.get("TRIMTAB_TEST_HAZARD", "").split():
        number, what, *more = word.split("=")
        if int(number) != task.household:
            continue
        if what == "once":
            mark = Path(more[0])
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        elif what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif what == "slow":
            time.sleep(0.3)
        elif what == "raise":
            raise RuntimeError("from outside the task")
    return real(task)
