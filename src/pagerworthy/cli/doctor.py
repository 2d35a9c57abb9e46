"""`pagerworthy doctor`: looks at the machine and the repository, and names the command that mends what is wrong."""

import enum
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pagerworthy.cli.exits import Exit
from pagerworthy.cli.init import NEW_SERVICE, REQUIREMENTS, schema_files
from pagerworthy.errors import ProjectError
from pagerworthy.project import Project, open_project
from pagerworthy.report import style_for

if TYPE_CHECKING:
    from pagerworthy.stacks.run.preflight import Missing

_OLDEST_PYTHON = (3, 11)
# Programs that single commands use, what for, and the command that brings them.
_PROGRAMS = {
    "git": ("the git collector, which says how old entries are", "apt-get install git"),
    "promtool": ("checking rules as Prometheus does", "apt-get install prometheus"),
}


class State(enum.StrEnum):
    """What was found; only what is missing makes the exit code 1."""

    OK = "ok"
    OPTIONAL = "optional"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and the one command that mends it."""

    state: State
    says: str
    mend: str = ""


@click.command()
@click.pass_context
def command(ctx: click.Context) -> int:
    """Look whether everything that Pagerworthy needs is here.

    What is `missing` makes the exit code 1; what is `optional` only matters to what it is for.
    """
    style = style_for(sys.stdout, os.environ)
    colours = {State.OK: "green", State.OPTIONAL: "yellow", State.MISSING: "red"}
    missing = 0
    for finding in examine(ctx.find_root().obj):
        missing += finding.state is State.MISSING
        click.echo(f"{style.paint(finding.state.ljust(8), colours[finding.state])}  {finding.says}")
        if finding.mend:
            click.echo(f"{'':8}  run: {finding.mend}")
    return Exit.PROBLEMS if missing else Exit.FINE


def examine(root: Path | None) -> Iterator[Finding]:
    """All findings, from what everything needs to what single commands use."""
    yield python()
    yield packages()
    try:
        project = open_project(root)
    except ProjectError as error:
        start = f"pagerworthy init {shlex.quote(str(root))}" if root else "pagerworthy init"
        mend = start if error.problem.code == "PW501" else "pagerworthy explain PW502"
        yield Finding(State.MISSING, error.problem.message, mend)
    else:
        yield Finding(State.OK, f"the repository is {project.root}, and its settings can be read")
        yield catalog(project)
        yield rubric(project)
        yield schemas(project)
        yield from workflows(project)
        yield from evidence(project)
        yield from stacks(project)
    for name, (purpose, mend) in _PROGRAMS.items():
        yield program(name, purpose, mend)


def python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """The Python that runs this."""
    written = ".".join(map(str, version))
    if version < _OLDEST_PYTHON:
        return Finding(State.MISSING, f"Python is {written}, and 3.11 is needed", "apt-get install python3.11")
    return Finding(State.OK, f"Python is {written}")


def packages(name: str = "pagerworthy") -> Finding:
    """The packages that Pagerworthy itself requires; those of extras are not asked for."""
    required = [each for each in metadata.requires(name) or () if "extra ==" not in each]
    absent = []
    for requirement in required:
        package = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            absent.append(package)
    if absent:
        return Finding(State.MISSING, f"not installed: {', '.join(absent)}", f"pip install {' '.join(absent)}")
    return Finding(State.OK, f"all {len(required)} packages are installed")


def catalog(project: Project) -> Finding:
    """The folder of entries."""
    if not project.catalog.is_dir():
        return Finding(State.MISSING, "there is no catalog/ here", NEW_SERVICE)
    count = sum(1 for _ in project.catalog.glob("services/**/*.yaml"))
    if not count:
        return Finding(State.MISSING, "the catalog has no service", NEW_SERVICE)
    return Finding(State.OK, f"the catalog has {count:,} service{'' if count == 1 else 's'}")


def rubric(project: Project) -> Finding:
    """The shipped rubric with the repository's own part of it."""
    from pagerworthy.scoring import load_rubric

    loaded = load_rubric(project.root)
    if loaded.rubric is None:
        first = loaded.problems[0]
        return Finding(State.MISSING, f"the rubric is broken: {first.where.file}: {first.message}", "pagerworthy score")
    return Finding(State.OK, f"the rubric has {len(loaded.rubric.criteria)} criteria")


def schemas(project: Project) -> Finding:
    """The copies in the repository, by which editors complete entries; checking uses those that ship."""
    shipped = dict(schema_files())
    mend = "pagerworthy init --schemas"
    if project.root != Path.cwd():
        mend += f" {shlex.quote(str(project.root))}"
    absent = [name for name in shipped if not (project.root / name).is_file()]
    if absent:
        return Finding(State.OPTIONAL, f"editors cannot complete entries without {absent[0]}", mend)
    old = [name for name, content in shipped.items() if (project.root / name).read_bytes() != content]
    if old:
        return Finding(State.OPTIONAL, f"{len(old)} of {len(shipped)} schemas are not of this version", mend)
    return Finding(State.OK, f"the {len(shipped)} schemas for editors are those of this version")


def workflows(project: Project) -> Iterator[Finding]:
    """Whether the workflows that `init` writes have something to install."""
    file = project.root / REQUIREMENTS
    used = f"-r {REQUIREMENTS}"
    if not any(used in path.read_text("utf-8", "replace") for path in project.root.glob(".github/workflows/*.yml")):
        return
    lines = file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
    if any(line.strip() and not line.lstrip().startswith("#") for line in lines):
        yield Finding(State.OK, f"the workflows install what {REQUIREMENTS} names")
    else:
        says = f"{REQUIREMENTS} does not say where Pagerworthy comes from: the workflows stop there"
        source = "pagerworthy @ git+https://HOST/OWNER/pagerworthy@COMMIT"
        yield Finding(State.OPTIONAL, says, f"echo '{source}' >> {shlex.quote(str(file))}")


def evidence(project: Project) -> Iterator[Finding]:
    """Where evidence is read from."""
    for name in project.settings.evidence.paths:
        if (project.root / name).exists():
            yield Finding(State.OK, f"evidence is read from {name}")
        else:
            says = f"there is no {name}: without evidence, only what an entry declares is known"
            yield Finding(State.OPTIONAL, says, "pagerworthy collect")


def stacks(project: Project) -> Iterator[Finding]:
    """What `up` needs, in a repository that has environments to bring up."""
    if not any(project.catalog.glob("environments/**/*.yaml")):
        return
    from pagerworthy.stacks.run import preflight
    from pagerworthy.stacks.run.places import place_of

    place = place_of(project, os.environ)
    if not (project.root / "stacks" / "Pulumi.yaml").is_file():
        says = "there is no stacks/: releases have no place to stand, and neither CI nor plain Pulumi brings stacks up"
        yield Finding(State.OPTIONAL, says, "pagerworthy init --stacks")
    found = preflight.program(os.environ)
    if isinstance(found, preflight.Missing):
        yield from map(_lacks, preflight.lacking(place, os.environ))
        return
    path, version = found
    yield Finding(State.OK, f"Pulumi's command line is {path}, {version}")
    yield from continuous(project)
    missing = [
        lacks for lacks in (preflight.plugin(os.environ), preflight.passphrase(place, os.environ)) if lacks is not None
    ]
    yield from map(_lacks, missing)
    if place.folder is not None and not place.folder.exists() and place.folder.is_relative_to(place.root):
        yield Finding(State.OK, f"there are no stacks yet; their states will be in {place.folder}")
    elif not missing:
        reached = preflight.reach(place, os.environ, path, version)
        if isinstance(reached, preflight.Missing):
            yield _lacks(reached)
        else:
            yield Finding(State.OK, f"the states of stacks are in {place.shown}")


def continuous(project: Project) -> Iterator[Finding]:
    """Whom the cloud lets in as CI, and what only people can look after."""
    settings = project.settings.stacks
    if not settings.repository:
        yield Finding(State.OK, "CI may change no environment: stacks.repository is not set")
        return
    name = re.sub(r"@\d+", "", settings.repository)
    says = f"CI of {settings.repository} may change environments from {settings.branch}"
    if name == settings.repository:
        says += ", which it proves by its name: if it was made, renamed or moved after 15 July 2026, add its numbers"
        mend = f"gh api repos/{name}/actions/oidc/customization/sub --jq .sub_claim_prefix"
        yield Finding(State.OPTIONAL, says, mend)
    else:
        yield Finding(State.OK, f"{says}, which it proves by its numbers")
    rules = "GitHub's environments protect the cloud only by their rules: see whether reviewers and branches are set"
    shown = "'.environments[] | {name, protection_rules, deployment_branch_policy}'"
    yield Finding(State.OPTIONAL, rules, f"gh api repos/{name}/environments --jq {shown}")


def _lacks(missing: "Missing") -> Finding:
    return Finding(State.OPTIONAL, f"stacks cannot be brought up: {missing.says}", missing.mend)


def program(name: str, purpose: str, mend: str) -> Finding:
    """A program on the PATH that a single command uses."""
    if path := shutil.which(name):
        return Finding(State.OK, f"{name} is {path}")
    return Finding(State.OPTIONAL, f"{name} is not here; it is for {purpose}", mend)
