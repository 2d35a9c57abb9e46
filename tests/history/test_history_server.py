"""The history over the wire: runs that push to one git server at once lose nothing."""

import subprocess
import sys
from pathlib import Path

from tests.evidence.git_server import bare, serving
from tests.evidence.world import commit, git, service, start

_APPENDS = (
    "import sys; from pathlib import Path; from pagerworthy.history import Branch\n"
    "Branch(Path(sys.argv[1])).append("
    "lambda read, _: {'log': read('log') + sys.argv[2].encode() + b'\\n'}, 'one', 'origin')"
)


def test_runs_that_push_to_a_server_at_once_lose_nothing(tmp_path: Path) -> None:
    root = start(tmp_path / "ours")
    service(root)
    commit(root, "2026-11-01")
    served = tmp_path / "served"
    served.mkdir()
    bare(served, root)
    with serving(served) as address:
        clones = [tmp_path / f"clone{number}" for number in range(3)]
        for each in clones:
            git(tmp_path, "clone", "-q", f"{address}/ours.git", str(each))
        running = [
            subprocess.Popen([sys.executable, "-c", _APPENDS, str(each), str(number)])
            for number, each in enumerate(clones)
        ]
        assert [each.wait(120) for each in running] == [0, 0, 0]
        git(tmp_path, "clone", "-q", "--branch=pagerworthy-history", f"{address}/ours.git", "after")
    assert sorted((tmp_path / "after/log").read_text().split()) == ["0", "1", "2"]
