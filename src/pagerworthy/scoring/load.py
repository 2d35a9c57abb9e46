"""Reads the rubric: the shipped one, with what an organisation overrides or adds in its own `scoring/`.

Every expression is compiled here. A rubric with a problem is not used at all: scoring with half of it could pass a
service that the other half would fail.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from pagerworthy.catalog import Document, read_document
from pagerworthy.catalog.files import read_file
from pagerworthy.codes import problem
from pagerworthy.evidence import KEYS, Strength, key_help
from pagerworthy.problem import DocumentPath, Problem, Where, repository_path, sort_key
from pagerworthy.project import data_folder
from pagerworthy.scoring.cel import CelError, Language, Program
from pagerworthy.scoring.criterion_file import criterion_of
from pagerworthy.scoring.expression_help import expression_help
from pagerworthy.scoring.policy import Policy
from pagerworthy.scoring.rubric import CompiledBreach, CompiledCriterion, Reads, Rubric, assemble
from pagerworthy.scoring.rubric_files import MAX_BYTES, POLICY, rubric_files


class LoadedRubric(msgspec.Struct, frozen=True):
    """The rubric, or None where it has problems."""

    rubric: Rubric | None
    problems: tuple[Problem, ...] = ()


class _Source(msgspec.Struct, frozen=True):
    """A criterion's file after its schema has passed: what it says and where each part stands."""

    id: str
    document: Document
    data: Mapping[str, Any]


def load_rubric(root: Path) -> LoadedRubric:
    """Reads the rubric that holds in a repository. Never raises for what is written there."""
    reader = _RubricReader(root)
    rubric = reader.read()
    if reader.problems:
        return LoadedRubric(None, tuple(sorted(reader.problems, key=sort_key)))
    return LoadedRubric(rubric)


def load_policy(root: Path) -> Policy | None:
    """The policy alone, which is soon read; None where it has problems, which `load_rubric` tells."""
    reader = _RubricReader(root)
    policy = reader.policy()
    return None if reader.problems else policy


# The facts of the graph that follow from the entries of what needs a service, and not of what it needs.
_FROM_DEPENDENTS = re.compile(r"\bgraph\.(dependents|dependents_hard|shared_writers|unclear_writers|zone_crossings)\b")


_LIMIT = re.compile(r"\blimits\.(\w+)")
# Read by no expression: see `Policy.drill_age`.
_READ_BY_CODE = frozenset({"drill_age_days"})


def _limits_of(document: Document | None) -> Mapping[str, Any]:
    limits: Mapping[str, Any] = document.value.get("limits", {}) if document else {}
    return limits


def _reads(expression: str) -> Reads:
    return Reads(
        graph=re.search(r"\bgraph\.", expression) is not None,
        dependents=_FROM_DEPENDENTS.search(expression) is not None,
        incidents=re.search(r"\bincidents\.", expression) is not None,
    )


def _folders(root: Path) -> tuple[Path, ...]:
    """The shipped rubric and then the repository's own, which has the last word."""
    shipped, own = data_folder("scoring"), root / "scoring"
    same = own.resolve() == shipped.resolve()
    return (shipped,) if same or not os.path.lexists(own) else (shipped, own)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One policy on top of another: mappings are merged by name, areas by id, and all else is replaced."""
    merged = dict(below)
    for key, value in above.items():
        if key == "areas":
            areas = {area["id"]: area for area in (*merged.get(key, ()), *value)}
            merged[key] = list(areas.values())
        else:
            both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
            merged[key] = _over(merged[key], value) if both else value
    return merged


class _RubricReader:
    """Collects what the folders say and every problem on the way."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self.problems: list[Problem] = []

    def read(self) -> Rubric | None:
        folders = _folders(self._root)
        policy = self.policy()
        sources: dict[str, _Source] = {}
        for folder in folders:
            seen: dict[str, str] = {}
            found = rubric_files(folder)
            self.problems.extend(found.problems)
            for file in found.criteria:
                source = self._source(file)
                if source is None:
                    continue
                if source.id in seen:
                    self._complain(
                        "PW302",
                        source.document,
                        ("id",),
                        f"{seen[source.id]} has this id too",
                        "give one of them an id of its own",
                    )
                seen[source.id] = source.document.file
                if not source.data.get("disabled"):
                    sources[source.id] = source
                elif sources.pop(source.id, None) is None:
                    near = get_close_matches(source.id, sources, n=1)
                    mend = f"did you mean {near[0]}?" if near else "`pagerworthy docs criteria` lists the shipped ones"
                    self._complain(
                        "PW309", source.document, ("id",), f"there is no criterion {source.id} to leave out", mend
                    )
        if policy is None:
            return None
        language = Language(policy.limits)
        areas = {area.id for area in policy.areas}
        compiled = [each for source in sources.values() if (each := self._compile(source, language, areas))]
        breaches = list(self._breaches(policy, language, folders[-1]))
        self._check_limits(folders, [each.document.value for each in sources.values()], policy)
        if self.problems:
            return None
        return assemble([each.criterion for each in compiled], policy, compiled, breaches, language)

    def _document(self, file: Path, schema: str) -> Document | None:
        """Reads one file of a rubric, checked against its schema."""
        name = self._name(file)
        try:
            content = read_file(file, MAX_BYTES)
        except OSError as error:
            self.problems.append(
                problem("PW301", f"cannot be read: {error.strerror}", Where(file=name), "make it a readable file")
            )
            return None
        if len(content) > MAX_BYTES:
            self.problems.append(
                problem("PW301", "is larger than 64 KiB", Where(file=name), "a criterion is some forty lines")
            )
            return None
        document = read_document(content, name, schema)
        self.problems.extend(document.problems)
        return None if document.problems else document

    def _name(self, file: Path) -> str:
        try:
            return repository_path(file.resolve().relative_to(self._root).as_posix())
        except ValueError:
            return repository_path("scoring/" + file.relative_to(data_folder("scoring")).as_posix())

    def policy(self) -> Policy | None:
        """The shipped policy with the repository's own on top, see `_over`."""
        folders = _folders(self._root)
        merged: dict[str, Any] = {}
        last: Document | None = None
        for folder in folders:
            file = rubric_files(folder).policy
            if file is None:
                continue
            last = self._document(file, "policy")
            if last is None:
                return None
            merged = _over(merged, last.value)
        merged = {key: value for key, value in merged.items() if key not in {"apiVersion", "kind"}}
        try:
            return msgspec.convert(merged, Policy)
        except msgspec.ValidationError as error:
            file_name = last.file if last else POLICY
            self.problems.append(
                problem("PW303", f"the policy is not whole: {error}", Where(file=file_name), "add what is missing")
            )
            return None

    def _source(self, file: Path) -> _Source | None:
        document = self._document(file, "criterion")
        if document is None:
            return None
        data: Mapping[str, Any] = document.value
        # Whoever leaves a criterion out need not say its area.
        area = data.get("area", file.parent.name)
        if data["id"] != file.stem or area != file.parent.name:
            at = "id" if data["id"] != file.stem else "area"
            self._complain(
                "PW302",
                document,
                (at,),
                f"the file is {file.parent.name}/{file.name}, and says {at}: {data[at]} inside",
                f"write {at}: {file.stem if at == 'id' else file.parent.name}, or move the file to "
                f"{area}/{data['id']}.yaml",
            )
            return None
        return _Source(data["id"], document, data)

    def _complain(self, code: str, document: Document, path: DocumentPath, message: str, mend: str) -> None:
        self.problems.append(problem(code, message, document.where(path), mend))

    def _compile(self, source: _Source, language: Language, areas: Iterable[str]) -> CompiledCriterion | None:
        data, document = source.data, source.document
        if data["area"] not in areas:
            near = get_close_matches(data["area"], areas, n=1)
            mend = f"did you mean {near[0]}? then move the file to {near[0]}/, too; otherwise " if near else ""
            self._complain(
                "PW304",
                document,
                ("area",),
                f"policy.yaml has no area {data['area']}",
                f"{mend}add the area to policy.yaml, or name one that is there",
            )
            return None
        criterion = criterion_of(data, document.file)
        needs = criterion.needs
        if not self._check_needs(document, needs, criterion.strength):
            return None
        applies = self._program(document, ("applies",), criterion.applies, language, (), bool)
        passes = self._program(document, ("pass",), criterion.pass_, language, needs, bool)
        detail = self._program(document, ("detail",), criterion.detail, language, needs, str)
        if applies is None or passes is None or detail is None:
            return None
        return CompiledCriterion(criterion, applies, passes, detail, _reads(f"{criterion.applies}\n{criterion.pass_}"))

    def _check_needs(self, document: Document, needs: Iterable[str], strength: Strength, at: DocumentPath = ()) -> bool:
        fine = True
        for index, name in enumerate(needs):
            key = KEYS.get(name)
            if key is None:
                self._complain(
                    "PW305",
                    document,
                    (*at, "needs", index),
                    f"no evidence key is called {name}",
                    key_help(name),
                )
                fine = False
            elif key.strength < strength:
                self._complain(
                    "PW306",
                    document,
                    (*at, "strength"),
                    f"{name} is never stronger than {key.strength.word}, so nothing could pass",
                    f"ask for {key.strength.word}, or for a key that can be {strength.word}",
                )
                fine = False
        return fine

    def _program(
        self,
        document: Document,
        path: DocumentPath,
        expression: str,
        language: Language,
        needs: Iterable[str],
        returns: type,
    ) -> Program | None:
        try:
            return language.compile(expression, needs=needs, returns=returns)
        except CelError as error:
            start = document.where(path)
            # A plain scalar stands where its key's value starts, so the position inside it can be added; a folded
            # or quoted one is shown as a whole.
            inside = start.column and error.line == 1 and document.is_plain(path)
            self.problems.append(
                problem(
                    "PW307",
                    f"the expression `{path[-1]}` does not compile: {error.reason}",
                    msgspec.structs.replace(start, column=start.column + error.column - 1) if inside else start,
                    expression_help(error.reason, language.limits, needs),
                )
            )
            return None

    def _check_limits(self, folders: Sequence[Path], criteria: Iterable[Mapping[str, Any]], policy: Policy) -> None:
        """A limit of the repository's own that nothing reads is a limit that somebody relies on in vain."""
        *shipped, last = (rubric_files(folder).policy for folder in folders)
        if last is None or (own := self._document(last, "policy")) is None:
            return
        # What the shipped criteria read may be left out here, and come back.
        known = {name for file in shipped if file for name in _limits_of(self._document(file, "policy"))}
        known |= _READ_BY_CODE
        for each in criteria:
            known.update(_LIMIT.findall(f"{each.get('applies', '')}\n{each.get('pass', '')}\n{each.get('detail', '')}"))
        for rule in policy.breaches:
            known.update(_LIMIT.findall(f"{rule.when}\n{rule.detail}"))
        for name in _limits_of(own):
            if name not in known:
                near = get_close_matches(name, known, n=1)
                mend = f"did you mean {near[0]}?" if near else "remove it, or ask for it in a criterion"
                self._complain("PW310", own, ("limits", name), f"no criterion reads the limit {name}", mend)

    def _breaches(self, policy: Policy, language: Language, folder: Path) -> Iterator[CompiledBreach]:
        if not policy.breaches:
            return
        file = folder / POLICY
        document = self._document(file if file.exists() else data_folder("scoring") / POLICY, "policy")
        if document is None:
            return
        if "breaches" not in document.value:
            document = self._document(data_folder("scoring") / POLICY, "policy") or document
        for index, rule in enumerate(policy.breaches):
            at: DocumentPath = ("breaches", index)
            if not self._check_needs(document, rule.needs, Strength[rule.strength.upper()], at):
                continue
            when = self._program(document, (*at, "when"), rule.when, language, rule.needs, bool)
            detail = self._program(document, (*at, "detail"), rule.detail, language, rule.needs, str)
            if when is not None and detail is not None:
                yield CompiledBreach(rule, when, detail, _reads(rule.when))
