"""Badges: a service's verdict and rung as a small SVG that reads aloud."""

from html import escape

from pagerworthy.scoring import Scorecard
from pagerworthy.site import words

# Text on these passes AA in white.
_COLOURS = {"ok": "#0b6b3a", "warn": "#8a5300", "bad": "#b3261e", "wait": "#4a5361", "not": "#15181d"}
_LEFT = "pager"
_ADVANCE = 6.6
_PAD = 8


def badge(card: Scorecard, state: words.State) -> bytes:
    """The badge of a service, whose verdict is told as `state`: `pager | keep, silver`."""
    right = f"{state.word}, {words.rung_word(card.rung)}"
    left_width = round(len(_LEFT) * _ADVANCE + 2 * _PAD)
    right_width = round(len(right) * _ADVANCE + 2 * _PAD)
    width = left_width + right_width
    says = escape(f"{card.service}: verdict {state.word}, {words.rung_word(card.rung)}")
    right = escape(right)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{says}">'
        f"<title>{says}</title>"
        f'<rect width="{width}" height="20" rx="3" fill="#2b313a"/>'
        f'<path d="M{left_width} 0H{width - 3}a3 3 0 0 1 3 3V17a3 3 0 0 1-3 3H{left_width}Z"'
        f' fill="{_COLOURS[state.mark]}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{left_width / 2}" y="14" textLength="{left_width - 2 * _PAD}">{_LEFT}</text>'
        f'<text x="{left_width + right_width / 2}" y="14" textLength="{right_width - 2 * _PAD}">{right}</text>'
        "</g></svg>\n"
    ).encode()
