"""What the commands of `graph` say to people. Each function returns the lines of one answer."""

import textwrap
from collections.abc import Iterable, Sequence

import click

from pagerworthy.graph import (
    Affected,
    Ceiling,
    Cycle,
    DependencyGraph,
    DeployOrder,
    Factor,
    Factors,
    Impact,
    Node,
    NodeKind,
    PromiseAtRisk,
    SinglePoint,
    SinglePoints,
)

WIDTH = 100
# How many rows of a list are shown unless all are asked for; a person reads no more, and the rest is counted.
ROWS = 25


def order_lines(order: DeployOrder) -> list[str]:
    """The waves, one paragraph each, and what cannot be ordered."""
    count = sum(len(wave) for wave in order.waves)
    lines = [f"{_number(count, 'service')} in {_number(len(order.waves), 'wave')}."]
    lines.append("")
    width = len(f"wave {len(order.waves)}")
    for number, wave in enumerate(order.waves, start=1):
        lines += _paragraph(f"wave {number}".ljust(width), wave)
    if order.cycles:
        lines += ["", _heading("A hard cycle cannot be deployed")]
        lines += [f"  {path_text(cycle)}" for cycle in order.cycles]
        lines += [_mend(order.cycles), "", _heading("Blocked until then")]
        lines += _paragraph("", order.blocked)
    if order.missing:
        lines += ["", _heading("Named by entries but not in the catalog")]
        lines += _paragraph("", order.missing)
    if order.unread:
        lines += ["", _heading("In no wave: the entry cannot be read")]
        lines += _paragraph("", order.unread)
    return lines


def cycle_lines(cycles: Sequence[Cycle]) -> list[str]:
    """Every cycle with its path."""
    hard = [cycle for cycle in cycles if cycle.criticality == "hard"]
    soft = [cycle for cycle in cycles if cycle.criticality == "soft"]
    lines = [f"{_number(len(hard), 'hard cycle')}, {_number(len(soft), 'soft cycle')}."]
    if hard:
        lines += ["", _heading("Hard: cannot be deployed in any order")]
        lines += _cycle_rows(hard)
        lines.append(_mend(hard))
    if soft:
        lines += ["", _heading("Soft: harmless for deployment; ~> is the soft dependency")]
        lines += _cycle_rows(soft)
    return lines


def impact_lines(impact: Impact, *, show_all: bool) -> list[str]:
    """What fails, what degrades, which promises are at risk and whom to tell."""
    lines = [_about(impact.node), ""]
    nearby = [row for row in impact.degrades if row.soft_steps == 1]
    far = [row for row in impact.degrades if row.soft_steps > 1]
    if not impact.fails and not impact.degrades:
        lines.append(f"Nothing else {'is known to notice' if impact.may_notice else 'notices'} when it fails.")
    else:
        fails = f"{_number(len(impact.fails), 'service')} {'fails' if len(impact.fails) == 1 else 'fail'}"
        degrades = f"{len(nearby)} {'degrades' if len(nearby) == 1 else 'degrade'}"
        notice = f"; {len(far)} more may notice" if far else ""
        lines.append(f"When it fails, {fails} and {degrades}{notice}.")
    for title, affected in (("Fails", impact.fails), ("Degrades", nearby)):
        lines += _section(f"{title}{_by_tier(affected)}", [_affected_row(row) for row in affected], show_all)
    if far and show_all:
        lines += _section("May notice: needs, softly, what degrades", [_affected_row(row) for row in far], show_all)
    elif far:
        lines += ["", _heading("May notice: needs, softly, what degrades"), "  --all shows them"]
    if impact.may_notice:
        lines += ["", _heading("Not known: the entry cannot be read, and names it"), *_paragraph("", impact.may_notice)]
    lines += _section("Promises at risk", [_promise_row(row) for row in impact.promises], show_all)
    told = [(row.label, row.schedule or row.contact or "no schedule", ", ".join(row.services)) for row in impact.tell]
    lines += _section("Tell", told, show_all)
    return lines


def single_point_lines(points: SinglePoints, *, show_all: bool) -> list[str]:
    """The single points, those that take down the most critical services first."""
    lines = [f"{_number(len(points.single), 'single point')} of failure."]
    if points.unknown:
        lines[0] += f" Of {_number(len(points.unknown), 'other node')} nobody says whether they are redundant."
    for title, rows in (("Single points", points.single), ("Redundancy not known", points.unknown)):
        lines += _section(title, [_point_row(row) for row in rows], show_all, "name", "why", "takes down")
    return lines


def ceiling_lines(ceiling: Ceiling, parts: Factors, *, show_all: bool) -> list[str]:
    """What a service promises, what its hard dependencies allow, and what each of them takes away."""
    lines = [f"{_heading(ceiling.service)}  {_promise_text(ceiling)}"]
    if len(ceiling.path) > 1:
        lines += ["", _heading("Limits most"), f"  {' -> '.join(ceiling.path)}"]
    head = ("name", "by itself", "promises")
    lines += _section("Factors", [_factor_row(each) for each in parts.series], show_all, *head)
    if parts.alternatives:
        title = f"Alternatives: together {_percent(parts.choices)}"
        lines += _section(title, [_factor_row(each) for each in parts.alternatives], show_all, *head)
    for title, names in (
        ("Do not limit: their loss was survived", ceiling.survived),
        ("Promise nothing, so that the true ceiling is lower", parts.unknown),
    ):
        lines += _section(title, [(name,) for name in names], show_all)
    if ceiling.is_broken:
        step, goal = ceiling.path[1], ceiling.limiting
        lines += ["", f"  help: promise less, make the dependency on {step} soft, or agree on more with {goal}"]
    return lines


def _promise_text(ceiling: Ceiling) -> str:
    promise = "promises no availability" if ceiling.promise is None else f"promises {_percent(ceiling.promise)}"
    if ceiling.percent is None:
        return f"{promise}; what its hard dependencies allow is not known"
    if ceiling.percent == 100:
        return f"{promise}; nothing that is known limits it"
    allows = f"its hard dependencies allow {'' if ceiling.exact else 'at least '}{_percent(ceiling.percent)}"
    if ceiling.promise is None:
        return f"{promise}; {allows}"
    return f"{promise}, and {allows}" if ceiling.is_broken else f"{promise}; {allows}"


def _factor_row(factor: Factor) -> tuple[str, ...]:
    return factor.node, _percent(factor.own), _percent(factor.promise)


def _percent(value: float) -> str:
    return f"{value:.7g} %"


def graph_lines(graph: DependencyGraph) -> list[str]:
    """Every service with what it needs, one need a line."""
    lines = []
    for node in graph.nodes.values():
        needs = graph.needs(node.id)
        if node.kind is not NodeKind.SERVICE and not graph.needed_by(node.id):
            lines.append(node.id)
        if node.kind is not NodeKind.SERVICE:
            continue
        lines.append(f"{node.id} ({node.missing})" if node.missing else node.id)
        rows = [
            (edge.criticality, edge.target, "owned" if edge.relation == "owns" else edge.protocol) for edge in needs
        ]
        lines += _table(rows)
    return lines


def path_text(cycle: Cycle) -> str:
    """`cart -> checkout ~> email/outbox (email) -> cart`: an arrow for a hard step, a wave for a soft one."""
    text = cycle.path[0]
    for source, target in zip(cycle.path, cycle.path[1:], strict=False):
        if "/" in source:
            text += f" ({target})"
        else:
            text += f" {'~>' if (source, target) in cycle.soft else '->'} {target}"
    return text


def _about(node: Node) -> str:
    if node.unread:
        owner = f", owned by {node.owner}" if node.owner else ""
        return f"{_heading(node.id)}  {node.missing}{owner}"
    if not node.known:
        return f"{_heading(node.id)}  not in the catalog, but entries name it"
    if node.kind is NodeKind.EXTERNAL:
        return f"{_heading(node.name)}  external provider"
    what = f"{node.type} of {node.service}" if node.kind is NodeKind.RESOURCE else node.label
    weakness = f", {node.weakness}" if node.weakness else ""
    return f"{_heading(node.id)}  {what}, tier {node.tier}, owned by {node.owner}{weakness}"


def _affected_row(row: Affected) -> tuple[str, ...]:
    return f"tier {row.tier}", row.service, row.owner, f"through {row.through}"


def _promise_row(row: PromiseAtRisk) -> tuple[str, ...]:
    return f"tier {row.tier}", row.service, row.slo, f"{row.objective:g} % over {row.window}", row.effect


def _point_row(row: SinglePoint) -> tuple[str, ...]:
    tiers = (f"{count} of tier {tier}" for tier, count in enumerate(row.tiers, start=1) if count)
    return row.node.id, row.node.weakness, ", ".join(tiers)


def _by_tier(affected: Sequence[Affected]) -> str:
    tiers = [row.tier for row in affected]
    return ": " + ", ".join(f"{tiers.count(tier)} of tier {tier}" for tier in sorted(set(tiers)))


def _cycle_rows(cycles: Sequence[Cycle]) -> list[str]:
    return _table([(_number(len(cycle.services), "service"), path_text(cycle)) for cycle in cycles])


def _mend(cycles: Sequence[Cycle]) -> str:
    one = "one of these dependencies" if len(cycles) == 1 else "one dependency of each"
    return f"  help: make {one} soft and say its fallback, or take it out"


def _section(title: str, rows: Sequence[tuple[str, ...]], show_all: bool, *columns: str) -> list[str]:
    if not rows:
        return []
    shown = rows if show_all else rows[:ROWS]
    lines = ["", _heading(title), *_table([columns, *shown] if columns else shown)]
    if len(shown) < len(rows):
        lines.append(f"  and {len(rows) - len(shown)} more; --all shows them")
    return lines


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _paragraph(label: str, names: Iterable[str]) -> list[str]:
    indent = f"  {label}  " if label else "  "
    return textwrap.wrap(
        ", ".join(names),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_on_hyphens=False,
        break_long_words=False,
    )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _heading(text: str) -> str:
    return click.style(text, bold=True)
