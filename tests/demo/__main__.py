"""Records the demo's evidence of Prometheus and Alertmanager anew: `make evidence`."""

import sys
import tempfile
import time
from pathlib import Path

from tests.demo.lines import put
from tests.demo.recorded import ROOT, SOURCES, record
from tests.demo.script import read_script
from tests.demo.servers import NEEDED, tool
from tests.servers import BrokenError


def main() -> int:
    """Exit code 1 where a program is missing, or does not do what it should."""
    try:
        for name in NEEDED:
            tool(name)
        started = time.process_time()
        with tempfile.TemporaryDirectory(prefix="pagerworthy-demo-") as folder:
            found = record(read_script(), Path(folder))
    except BrokenError as error:
        sys.stderr.write(f"the evidence is not recorded: {error}\n")
        return 1
    changed = put(ROOT / "catalog" / "evidence", found, SOURCES)
    names = ", ".join(file.name for file in changed)
    said = f"changed: {names}" if names else "no file changed, all is as it was recorded"
    sys.stdout.write(f"{len(found)} records in {time.process_time() - started:.0f} s of our own; {said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
