"""Each type of resource has an entry that is right and comes to a stack, and one that is refused."""

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest

from pagerworthy.catalog import load
from pagerworthy.graph import DependencyGraph
from pagerworthy.stacks import EnvironmentStacks
from pagerworthy.stacks.outputs import RESOURCE_KEYS
from pagerworthy.stacks.program.resources.registry import TYPES
from pagerworthy.stacks.render import render
from tests.catalog.wrong_entries import EXAMPLES, problems_of, right_catalog

RIGHT = sorted((EXAMPLES.parent / "resources").glob("*.yaml"))
AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_a_right_entry_comes_to_a_stack_with_what_others_need(path: Path, tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    shutil.copy(path, root / "catalog/services/ledger.yaml")
    assert problems_of(root) == []
    catalog = load(root, cache=False).catalog
    spec = catalog.services["ledger"].spec
    [(name, resource)] = spec.resources.items()
    for each in spec.environments:
        environment = catalog.environments[each]
        stacks = EnvironmentStacks(catalog, DependencyGraph.of(catalog), environment, AS_OF, {"ledger": "1"})
        rendered = render(stacks.service("ledger"))
        for key in RESOURCE_KEYS[resource.type]:
            assert rendered.outputs[f"{name}.{key}"], key


def test_every_type_has_a_right_example() -> None:
    assert {path.stem for path in RIGHT} == set(TYPES)


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_has_a_wrong_example(type_: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (EXAMPLES / "wrong").glob("*.yaml")]
    for folder in (EXAMPLES / "across").iterdir():
        expected = folder / "expect"
        if expected.is_file():
            entries = "".join(each.read_text(encoding="utf-8") for each in folder.glob("catalog/services/*.yaml"))
            texts.append(entries + "# expect: " + expected.read_text(encoding="utf-8"))
    assert any(re.search(rf"type: {type_}\b", text) and "# expect: PW7" in text for text in texts)
