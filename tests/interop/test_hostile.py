"""Files of strangers: each gets its problem in time, and nothing but what was named is opened."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from pagerworthy.catalog import STREAM_LIMIT
from pagerworthy.interop import checked, fragment, read_openslo, read_pyrra, read_sloth
from pagerworthy.problem import Severity
from tests.interop import examples

GOOD = (examples.FOLDER / "openslo" / "good" / "smallest.yaml").read_text(encoding="utf-8")
READERS = {
    "openslo": lambda path: read_openslo([path]),
    "sloth": lambda path: read_sloth([path], "30d"),
    "pyrra": lambda path: read_pyrra([path], ""),
}


def _bomb() -> str:
    levels = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(levels)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "alias bomb": (lambda: _bomb().encode(), "PW007"),
    "circle": (lambda: b"a: &a [*a]", "PW007"),
    "merge keys": (lambda: b"a: &a {b: 1}\nc: {<<: *a}", "PW007"),
    "two thousand levels": (lambda: b"a: " + b"[" * 2000 + b"]" * 2000, "PW014"),
    "a key twice": (lambda: GOOD.replace("spec:", "kind: SLO\nspec:").encode(), "PW011"),
    "utf-16": (lambda: GOOD.encode("utf-16"), "PW004"),
    "latin-1": (lambda: GOOD.replace("checkout-orders", "caf\xe9").encode("latin-1"), "PW004"),
    "nul": (lambda: GOOD.replace("checkout-orders", "check\0out").encode(), "PW005"),
    "bidi": (lambda: GOOD.replace("checkout-orders", "check\u202eout").encode(), "PW005"),
    "tag": (lambda: GOOD.replace("0.995", "!!python/object/new:os.system [id]").encode(), "PW008"),
    "directive": (lambda: b"%YAML 1.1\n---\n" + GOOD.encode(), "PW009"),
    "not a number": (lambda: GOOD.replace("0.995", ".nan").encode(), "PW013"),
    "endless": (lambda: GOOD.replace("0.995", ".inf").encode(), "PW013"),
    "5,000 digits": (lambda: GOOD.replace("0.995", "9" * 5000).encode(), "PW013"),
    "many values": (lambda: GOOD.encode() + b"x: [" + b"1," * 6000 + b"1]", "PW014"),
    "too large": (lambda: b"# " + b"x" * STREAM_LIMIT, "PW003"),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_gets_its_problem(reader: str, name: str, tmp_path: Path) -> None:
    make, code = HOSTILE[name]
    path = tmp_path / "hostile.yaml"
    path.write_bytes(make())
    before = time.process_time()
    found = checked(READERS[reader](path))
    assert time.process_time() - before < 10
    assert found.services == ()
    assert code in {each.code for each in found.problems}


MANY = {
    "empty documents": "---\n" * 100_000,
    "documents of nothing": "---\n~\n" * 2_000,
    "documents of another version": "---\napiVersion: openslo/v2alpha\n" * 2_000,
    "unknown keys": "---\napiVersion: openslo/v1\nkind: SLI\nmetadata: {name: a}\nspec: {}\n"
    + "".join(f"k{n}: 1\n" for n in range(2_000)),
    "references in a circle": "".join(
        f"---\napiVersion: openslo/v1\nkind: AlertPolicy\nmetadata: {{name: p{n}}}\n"
        f"spec: {{conditions: [{{conditionRef: p{n}}}]}}\n"
        for n in range(1_000)
    ),
    "nested queries": GOOD.replace("sum(rate(orders_total[{{.window}}]))", "(" * 3000 + "a[{{.window}}]" + ")" * 3000),
    "a long query": GOOD.replace("sum(rate(orders_total[{{.window}}]))", "a+" * 3000 + "a"),
    "quotes without end": GOOD.replace("sum(rate(orders_total[{{.window}}]))", '{a=\\"' * 1000),
    "many templates": GOOD.replace("sum(rate(orders_total[{{.window}}]))", "{{.window}}" * 700),
    "many ranges": GOOD.replace("sum(rate(orders_total[{{.window}}]))", "[5m" * 2000),
}


@pytest.mark.parametrize("name", MANY)
def test_much_of_something_takes_no_time(name: str, tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(MANY[name], encoding="utf-8")
    before = time.process_time()
    checked(read_openslo([path]))
    assert time.process_time() - before < 5


def test_thousands_of_objectives_take_time_in_proportion(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        path = tmp_path / f"{count}.yaml"
        path.write_text(
            "---\n".join(
                GOOD.replace("service: checkout", f"service: s{n // 40}").replace("checkout-orders", f"o-{n}")
                for n in range(count)
            ),
            encoding="utf-8",
        )
        before = time.process_time()
        found = checked(read_openslo([path]))
        assert sum(len(promises.slos) for promises in found.services) == count
        return time.process_time() - before

    seconds(40)
    small = min(seconds(200) for _ in range(3))
    assert seconds(2000) < 20 * small


def test_more_objectives_than_an_entry_has_are_a_problem_of_that_service(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(
        "---\n".join(GOOD.replace("checkout-orders", f"o-{n}") for n in range(2000))
        + "---\n"
        + GOOD.replace("service: checkout", "service: cart"),
        encoding="utf-8",
    )
    found = checked(read_openslo([path]))
    # The name checkout-orders is used once only, by the service that is left.
    assert [promises.service for promises in found.services] == ["cart"]
    assert [each.code for each in found.problems] == ["PW614"]


def test_text_that_an_entry_must_not_hold_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(GOOD.replace("result=", "r" * 5000 + "="), encoding="utf-8")
    found = checked(read_openslo([path]))
    assert [each.code for each in found.problems if each.severity is Severity.ERROR] == ["PW614"]


def test_one_wrong_objective_holds_back_no_other_of_its_service(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    wrong = GOOD.replace("checkout-orders", "too-long").replace("result=", "r" * 5000 + "=")
    path.write_text(f"{GOOD}---\n{wrong}", encoding="utf-8")
    found = checked(read_openslo([path]))
    (service,) = found.services
    (problem,) = [each for each in found.problems if each.severity is Severity.ERROR]
    assert problem.code == "PW614"
    assert problem.where.line > GOOD.count("\n")
    assert [slo.name for slo in service.slos] == [slo.name for slo in read_openslo([path]).services[0].slos][:1]
    assert len(service.wheres) == 1
    # What is kept for the export is that of the objective that is left.
    assert [each["slos"] for each in service.openslo.get("slos", [])] in ([], [[service.slos[0].name]])
    assert yaml.safe_load(fragment(service))["slos"]


def test_links_in_a_folder_are_not_followed_and_pipes_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(GOOD, encoding="utf-8")
    folder = tmp_path / "folder"
    (folder / "deeper").mkdir(parents=True)
    (folder / "link.yaml").symlink_to(outside)
    (folder / "deeper" / "round").symlink_to(folder)
    assert read_openslo([folder]).services == ()
    os.mkfifo(folder / "pipe.yaml")
    assert read_openslo([folder]).services == ()
    (folder / "deeper" / "there.yml").write_text(GOOD, encoding="utf-8")
    assert len(read_openslo([folder]).services) == 1
    assert len(read_openslo([tmp_path / "folder" / "link.yaml"]).services) == 1
    assert [each.code for each in read_openslo([tmp_path / "missing.yaml"]).problems] == ["PW001"]
