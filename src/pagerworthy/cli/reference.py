"""The reference pages, each made from the one place in the code that says what is so."""

import enum
import inspect
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec

from pagerworthy.cli.exits import MEANINGS

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the reference: its title, the sentences below it, and what writes the rest."""

    title: str
    says: str
    body: Callable[[Path], Iterable[str]]


def reference(topic: str, root: Path) -> str:
    """The page as Markdown; `root` is the repository whose rubric counts. Raises KeyError for an unknown topic."""
    page = TOPICS[topic]
    head = [f"# {page.title}", "", page.says, ""]
    return "\n".join([*head, *page.body(root)]).rstrip() + "\n"


def _facts(root: Path) -> Iterator[str]:
    from pagerworthy.scoring import load_rubric
    from pagerworthy.scoring.facts import SubjectFacts

    for name, kind in typing.get_type_hints(SubjectFacts).items():
        yield f"## {name}"
        yield ""
        yield from _table(("expression", "type", "what it is"), _fields(kind, name))
    yield "## limits"
    yield ""
    yield "Thresholds of the policy, all of type `double`."
    yield ""
    loaded = load_rubric(root)
    limits = loaded.rubric.policy.limits if loaded.rubric else {}
    yield from _table(("expression", "value"), ((f"`limits.{name}`", f"{limit:g}") for name, limit in limits.items()))
    yield "## evidence"
    yield ""
    yield "`evidence.<key>` is the value of a key that is kept per service, and the list of values of any other key."
    yield "`pagerworthy docs evidence` lists the keys."


def _fields(kind: type, prefix: str) -> Iterator[Sequence[str]]:
    """The fields of a struct as rows, and below each those of the structs that it holds."""
    for name, hint in typing.get_type_hints(kind, include_extras=True).items():
        inner, said = _unwrapped(hint)
        item = _item(inner)
        struct = item or inner
        place = f"{prefix}.{name}"
        if isinstance(struct, type) and issubclass(struct, msgspec.Struct):
            yield f"`{place}`", f"list of {struct.__name__}" if item else struct.__name__, said
            yield from _fields(struct, f"{place}[]" if item else place)
        else:
            yield f"`{place}`", _type_name(inner), said


def _evidence(_root: Path) -> Iterator[str]:
    from pagerworthy.evidence import KEYS, brought_by

    for key in KEYS.values():
        yield f"## {key.name}"
        yield ""
        yield f"{key.says[0].upper()}{key.says[1:]}."
        yield ""
        yield f"One record per {key.per}; at best *{key.strength.word}*; {brought_by(key.name)}."
        yield ""
        rows = (
            (f"`{name}`", _type_name(inner), _range(hint), said)
            for name, hint in typing.get_type_hints(key.value, include_extras=True).items()
            for inner, said in [_unwrapped(hint)]
        )
        yield from _table(("field", "type", "range", "what it is"), rows)


def _entries(_root: Path) -> Iterator[str]:
    from pagerworthy.cli.entry_reference import entry_kinds, text_forms

    for kind in entry_kinds():
        yield f"## {kind.name}"
        yield ""
        yield f"{kind.says} In `{kind.folder}/NAME{kind.suffix}`."
        yield ""
        for section in kind.sections:
            if section.path:
                yield f"### {kind.name}: {section.path}"
                yield ""
            rows = (
                (f"`{row.path}`", row.allowed, "yes" if row.required else "", row.says, row.example)
                for row in section.rows
            )
            yield from _table(("property", "what may stand there", "required", "what it is", "example"), rows)
            if section.rules:
                yield from (f"- {rule}" for rule in section.rules)
                yield ""
    yield "## Forms of text"
    yield ""
    rows = ((form.name, form.says, f"{form.most:,}", f"`{form.pattern}`", f"`{form.example}`") for form in text_forms())
    yield from _table(("form", "what it is", "characters at most", "pattern", "example"), rows)


def _criteria(root: Path) -> Iterator[str]:
    from pagerworthy.scoring import load_rubric

    loaded = load_rubric(root)
    if loaded.rubric is None:
        raise click.ClickException("the rubric is broken: `pagerworthy score` says where")
    for area in loaded.rubric.policy.areas:
        yield f"## {area.title}"
        yield ""
        for criterion in loaded.rubric.criteria:
            if criterion.area != area.id:
                continue
            yield f"### {criterion.id}"
            yield ""
            yield f"**{criterion.question}**"
            yield ""
            asked = f"*{criterion.rung.word}*, due from the {criterion.phase} phase on"
            asked += f", where `{criterion.applies}`" if criterion.applies != "true" else ""
            asked += f". Asks for evidence that is at least *{criterion.strength.word}*"
            asked += f": {', '.join(f'`{key}`' for key in criterion.needs)}" if criterion.needs else ""
            asked += f", not older than {criterion.max_age.days} days" if criterion.max_age else ""
            yield f"{asked}.{' Gating: a pager is never taken without it.' if criterion.gating else ''}"
            yield ""
            yield criterion.why.strip()
            yield ""
            yield f"Fix ({criterion.fix.effort}): {criterion.fix.text.strip()}"
            yield ""
            yield from _block(criterion.pass_.strip(), "cel")


def _problems(_root: Path) -> Iterator[str]:
    from pagerworthy.codes import CODES

    for code in sorted(CODES):
        row = CODES[code]
        yield f"## {code}: {row.title}"
        yield ""
        yield f"{str(row.severity).capitalize()}. {row.why}"
        yield ""
        yield row.mend
        yield ""
        for word, example in (("Wrong", row.wrong), ("Right", row.right)):
            if example:
                yield f"{word}:"
                yield ""
                yield from _block(example, "text")


def _exit_codes(_root: Path) -> Iterator[str]:
    yield from _table(("code", "meaning"), ((str(int(code)), meaning) for code, meaning in MEANINGS.items()))


def _settings(_root: Path) -> Iterator[str]:
    from pagerworthy.project import Settings

    for name, section in typing.get_type_hints(Settings).items():
        yield from _section(name, section)


def _section(name: str, section: type[msgspec.Struct]) -> Iterator[str]:
    """A table of the settings, and then those within it."""
    yield f"## [{name}]"
    yield ""
    yield inspect.cleandoc(section.__doc__ or "").replace("\n", " ")
    yield ""
    fields = msgspec.structs.fields(section)
    tables = {field.name: table for field in fields if (table := _table_of(field.type))}
    rows = (
        (f"`{field.name}`", _type_name(field.type), f"`{_toml(field.default)}`")
        for field in fields
        if field.name not in tables
    )
    yield from _table(("setting", "type", "default"), rows)
    for field in fields:
        if table := tables.get(field.name):
            within = f"{name}.{field.name}"
            yield from _section(f"{within}.NAME" if typing.get_origin(field.type) is dict else within, table)


def _table_of(hint: Any) -> type[msgspec.Struct] | None:
    """The struct of a setting that is a table of its own, or of one by a name."""
    found = typing.get_args(hint)[1] if typing.get_origin(hint) is dict else hint
    return found if isinstance(found, type) and issubclass(found, msgspec.Struct) else None


def _commands(_root: Path) -> Iterator[str]:
    from pagerworthy.cli.app import app

    settings: dict[str, Any] = {**app.context_settings, "terminal_width": _WIDTH, "max_content_width": _WIDTH}
    context = click.Context(app, info_name="pagerworthy", **settings)
    yield from _block(app.get_help(context), "text")
    yield from _subcommands(app, context)


def _subcommands(group: click.Group, parent: click.Context) -> Iterator[str]:
    for name in group.list_commands(parent):
        command = group.get_command(parent, name)
        if command is None:
            continue
        context = click.Context(command, parent=parent, info_name=name)
        yield f"## {context.command_path}"
        yield ""
        yield from _block(command.get_help(context), "text")
        if isinstance(command, click.Group):
            yield from _subcommands(command, context)


TOPICS: dict[str, Page] = {
    "commands": Page("Commands", "What `--help` says of every command.", _commands),
    "entries": Page(
        "Entries",
        "What may stand in the files of `catalog/`. `[]` after a property stands for each item of its list, `NAME` for "
        "a name of your own. What is not in a table is an error of `check`, but for fields under `extensions`.",
        _entries,
    ),
    "exit-codes": Page("Exit codes", "What every command says to the shell.", _exit_codes),
    "settings": Page("Settings", "What may stand in `pagerworthy.toml`, at the repository's root.", _settings),
    "problems": Page(
        "Problem codes", "What `pagerworthy check` finds; `pagerworthy explain CODE` prints one of these.", _problems
    ),
    "criteria": Page("Criteria", "The rubric: what is asked of a service, and why.", _criteria),
    "facts": Page(
        "Facts",
        "What the expressions of a criterion can ask about. A `double` is a number with a point: write `2.0`.",
        _facts,
    ),
    "evidence": Page("Evidence keys", "What a record of evidence can say, and who brings it.", _evidence),
}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _block(text: str, language: str) -> Iterator[str]:
    yield f"```{language}"
    yield text.rstrip()
    yield "```"
    yield ""


def _unwrapped(hint: Any) -> tuple[Any, str]:
    """A hint without its description, and the description."""
    if typing.get_origin(hint) is typing.Annotated:
        inner, *extras = typing.get_args(hint)
        said = [extra.description for extra in extras if isinstance(extra, msgspec.Meta) and extra.description]
        return inner, said[0] if said else ""
    return hint, ""


def _range(hint: Any) -> str:
    """The least and the most that a number can be."""
    limits = [(extra.ge, extra.le) for extra in typing.get_args(hint)[1:] if isinstance(extra, msgspec.Meta)]
    return next((f"{low:,.0f} to {high:,.0f}" for low, high in limits if low is not None and high is not None), "")


def _item(hint: Any) -> type | None:
    """What a `tuple[T, ...]` holds."""
    arguments = typing.get_args(hint)
    return arguments[0] if typing.get_origin(hint) is tuple and isinstance(arguments[0], type) else None


_NAMES = {"str": "string", "bool": "bool", "int": "int", "float": "double", "datetime": "moment", "NoneType": "nothing"}


def _type_name(hint: Any) -> str:
    """A type as expressions and settings know it."""
    if item := _item(hint):
        return f"list of {_type_name(item)}"
    if typing.get_origin(hint) is dict:
        return "table of string"
    if arguments := typing.get_args(hint):
        known = [_type_name(each) for each in arguments if each is not type(None)]
        return " or ".join(str(each) for each in known)
    return _NAMES.get(getattr(hint, "__name__", ""), str(hint))


def _toml(value: object) -> str:
    if value is None or value is msgspec.NODEFAULT:
        return "none"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, enum.Enum):
        return _toml(value.value)
    return msgspec.json.encode(value).decode()
