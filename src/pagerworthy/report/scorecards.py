"""Scorecards at a terminal: a line for each service, or all that is known of one."""

import textwrap
from collections import Counter
from typing import TYPE_CHECKING

from pagerworthy.report.content import ScoreReport
from pagerworthy.report.style import Style
from pagerworthy.report.words import count, moment, one_line, percent

if TYPE_CHECKING:
    from pagerworthy.scoring import Criterion, CriterionResult, Scorecard

_COLOURS = {
    "accept": ("green",),
    "accept-with-conditions": ("yellow",),
    "keep": ("green",),
    "defer": ("yellow",),
    "freeze": ("bold", "red"),
    "hand-back": ("bold", "red"),
    "pass": ("green",),
    "fail": ("red",),
    "unknown": ("yellow",),
    "waived": ("yellow",),
    "upcoming": ("dim",),
    "not-applicable": ("dim",),
}
_NUMBERS = frozenset({"tier", "score", "waived", "known"})
_HEADINGS = ("service", "tier", "pager", "verdict", "rung", "score", "waived", "known", "first to mend")
_INDENT = 28
_STEPS = 10


def table(report: ScoreReport, style: Style) -> str:
    """All services by name, aligned; `waived` is the score with waivers, `known` the coverage."""
    cards = sorted(report.scores.scorecards, key=lambda card: card.service)
    rows = [_cells(card, report) for card in cards]
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *rows, strict=True)]
    found = [style.paint(_aligned(_HEADINGS, widths), "dim")]
    for card, row in zip(cards, rows, strict=True):
        line = _aligned(row, widths)
        verdict = str(card.verdict)
        place = sum(widths[:3]) + 2 * 3
        found.append(line[:place] + style.paint(verdict, *_COLOURS[verdict]) + line[place + len(verdict) :])
    verdicts = Counter(str(card.verdict) for card in cards)
    tally = ", ".join(f"{verdicts[each]} {each}" for each in _COLOURS if verdicts[each])
    found += ["", f"{count(len(cards), 'service')} as of {moment(report.scores.as_of)}: {tally or 'nothing to score'}."]
    if lost := report.catalog.unreadable.values():
        named = ", ".join(f"{each.name} ({each.place})" for each in lost)
        found.append(style.paint(f"{len(lost)} unreadable, and not judged: {named}.", "red"))
    if cards:
        found.append(style.paint(f"`pagerworthy score {cards[0].service}` shows a whole scorecard.", "dim"))
    return "\n".join(found) + "\n"


def cards(report: ScoreReport, style: Style) -> str:
    """Every scorecard in whole, by name."""
    ordered = sorted(report.scores.scorecards, key=lambda card: card.service)
    return "\n\n".join(_card(card, report, style) for card in ordered) + "\n"


def _cells(card: "Scorecard", report: ScoreReport) -> tuple[str, ...]:
    return (
        card.service,
        str(report.catalog.services[card.service].spec.tier),
        card.holder,
        str(card.verdict),
        f"{card.rung.word} / {card.required_rung.word}",
        f"{card.score:.1f}",
        f"{card.score_with_waivers:.1f}" if card.score_with_waivers != card.score else "",
        percent(card.coverage),
        card.blocking[0] if card.blocking else "",
    )


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = (
        cell.rjust(width) if heading in _NUMBERS else cell.ljust(width)
        for heading, cell, width in zip(_HEADINGS, cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip()


def _card(card: "Scorecard", report: ScoreReport, style: Style) -> str:
    spec = report.catalog.services[card.service].spec
    verdict = str(card.verdict)
    rung = f"{card.rung.word}, and {card.required_rung.word} is needed"
    if card.rung_with_waivers != card.rung:
        rung += f"; {card.rung_with_waivers.word} with waivers"
    score = f"{card.score:.1f} of 100, {card.score_with_waivers:.1f} with waivers; {percent(card.coverage)} is known"
    found = [
        style.paint(card.service, "bold") + f"  tier {spec.tier}, owner {spec.owner}, {spec.phase} phase",
        f"  verdict  {style.paint(verdict, 'bold', *_COLOURS[verdict])}",
        *_wrapped(card.reason, style, 11),
        f"  pager    {card.holder}",
        f"  rung     {rung}",
        f"  score    {score}",
        f"  as of    {moment(report.scores.as_of)}",
    ]
    if card.breaches:
        found += ["", style.paint("Limits of the pager contract", "bold")]
    for breach in card.breaches:
        word = str(breach.action) if breach.known else "unknown"
        found += [f"  {style.paint(word.ljust(14), *_COLOURS[word])}  {breach.title}"]
        found += _wrapped(breach.detail, style, _INDENT)
    found += ["", *_areas(card, report, style)]
    found += _sources(card, report, style)
    if card.blocking:
        found += [style.paint("What to do next", "bold"), *_next_steps(card, report, style)]
    return "\n".join(found).rstrip()


def _areas(card: "Scorecard", report: ScoreReport, style: Style) -> list[str]:
    criteria = report.criteria
    found: list[str] = []
    for area in report.rubric.policy.areas:
        results = [result for result in card.results if criteria[result.id].area == area.id]
        if results:
            found += [style.paint(area.title, "bold")]
            for result in results:
                found += _result(result, criteria[result.id], style)
            found.append("")
    return found


def _result(result: "CriterionResult", criterion: "Criterion", style: Style) -> list[str]:
    outcome = str(result.outcome)
    head = f"  {style.paint(outcome.ljust(14), *_COLOURS[outcome])}  {criterion.rung.word.ljust(6)}  {result.id}"
    found = [head]
    if outcome in {"upcoming", "not-applicable"}:
        return [f"{head}  {style.paint(one_line(result.detail), 'dim')}"]
    strength = f" ({result.strength.word})" if result.strength else ""
    if result.detail:
        found += _wrapped(result.detail + strength, style, _INDENT)
    if result.waiver:
        found += _wrapped(f"waived by {result.waiver}; without it {result.without_waiver}", style, _INDENT)
    if result.evidence:
        found += [style.paint(line, "dim") for line in _wrapped(", ".join(result.evidence), style, _INDENT)]
    return found


def _sources(card: "Scorecard", report: ScoreReport, style: Style) -> list[str]:
    """Where what nobody has looked at comes from, once for all criteria that lack it."""
    from pagerworthy.evidence import KEYS, is_collected
    from pagerworthy.scoring.looking import NEVER_ATTESTED, NEVER_LOOKED

    unknown = [result for result in card.results if result.outcome == "unknown"]
    silent = sorted(
        {key for each in unknown if NEVER_ATTESTED in each.detail for key in report.criteria[each.id].needs}
    )
    found = []
    if silent:
        text = f"To attest {', '.join(silent)}: `pagerworthy new attestation {card.service} KEY`."
        found = [*_wrapped(text, style, 0), ""]
    lacking = {
        key
        for result in unknown
        if NEVER_LOOKED in result.detail
        for key in report.criteria[result.id].needs
        if not is_collected(key)
    }
    if not lacking:
        return found
    sources = Counter(KEYS[key].collector for key in lacking)
    named = ", ".join(f"{count(amount, 'key')} from {source}" for source, amount in sorted(sources.items()))
    text = (
        f"No collector of this version brings {named}: write the records yourself, as `pagerworthy docs evidence` "
        "describes them."
    )
    return [*found, *_wrapped(text, style, 0), ""]


def _next_steps(card: "Scorecard", report: ScoreReport, style: Style) -> list[str]:
    criteria = report.criteria
    found = []
    for number, name in enumerate(card.blocking[:_STEPS], 1):
        fix = criteria[name].fix
        mend = card.mend_of(name)
        effort = "" if mend else f"  {style.paint(f'({fix.effort})', 'dim')}"
        found.append(f"  {number:>2}. {name}{effort}")
        found += _wrapped(mend or fix.text, style, 6)
    if len(card.blocking) > _STEPS:
        more = f"and {len(card.blocking) - _STEPS} more; `pagerworthy explain CRITERION` says how each is met"
        found.append(style.paint(f"      {more}", "dim"))
    return found


def _wrapped(text: str, style: Style, indent: int) -> list[str]:
    margin = " " * indent
    return textwrap.wrap(
        one_line(text), style.width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
    )
