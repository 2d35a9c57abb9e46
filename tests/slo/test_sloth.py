"""The rules beside Sloth's own on the same series: what both record is the same, and so is when they alert."""

import random
import re
import subprocess
from itertools import accumulate
from pathlib import Path

import pytest

from tests.slo.promtool import BAD, IDS, TOTAL, Scene, judge, objective, rules
from tests.tools import require_tool

_LENGTH = 480
_WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
_BUDGET = ("objective:ratio", "error_budget:ratio", "time_period:days", "current_burn_rate:ratio")
_PERIOD = ("period_burn_rate:ratio", "period_error_budget_remaining:ratio")


def sloths(target: float, window: str, folder: Path) -> str:
    """Sloth's rules for the same SLO, with `peer:` in place of `slo:` and `Peer` as their alert's name; its groups."""
    query = {"error_query": BAD, "total_query": TOTAL}
    spec = "version: prometheus/v1\nservice: shop\nslos:\n- name: availability\n"
    spec += f"  objective: {target}\n  sli:\n    events:\n"
    spec += "".join(f"      {name}: '{text.replace('$window', '{{.window}}')}'\n" for name, text in query.items())
    spec += "  alerting: {name: Peer, page_alert: {}, ticket_alert: {}}\n"
    (folder / "spec.yaml").write_text(spec)
    command = [require_tool("sloth"), "generate", "-i", folder / "spec.yaml", "--default-slo-period", window]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    # The series, and not the label `sloth_slo`.
    return re.sub(r"\bslo:(?=\w)", "peer:", done.stdout.split("groups:\n", 1)[1])


def weather(seed: int) -> dict[str, str]:
    """Eight hours of even traffic, with errors that come, stay and go."""
    rng = random.Random(seed)  # noqa: S311
    errors: list[int] = []
    while len(errors) < _LENGTH:
        level = rng.choice([0, 0, 1, 7, 20, 40, 90, 600, 6000])
        errors += [level] * rng.randrange(5, 120)
    counted = accumulate(errors[:_LENGTH], initial=0)
    return {
        'requests_total{service="shop"}': f"0+6000x{_LENGTH}",
        'bad_total{service="shop"}': " ".join(map(str, counted)),
    }


@pytest.mark.parametrize(("target", "window"), [(99.9, "30d"), (99.5, "28d"), (90, "30d")])
def test_ratios_budgets_and_alerts_are_sloths(target, window, tmp_path):
    period = {"28d": "4w"}.get(window, window)
    names = [f"sli_error:ratio_rate{each}" for each in (*_WINDOWS, period)] + [*_BUDGET, *_PERIOD]
    scenes = []
    for seed in range(4):
        scene = Scene(weather(seed))
        for minute in range(20, _LENGTH, 35):
            for name in names:
                difference = f"abs(sum(slo:{name}{IDS}) - sum(peer:{name}{IDS}))"
                scene.yields(f"{minute}m", f"{difference} < bool 1e-9", 1)
            for severity in ("page", "ticket"):
                ours = f'ALERTS{{alertname=~"ShopAvailabilityBurn.*", sloth_severity="{severity}"}}'
                peers = f'ALERTS{{alertname="Peer", sloth_severity="{severity}"}}'
                same = f"(count({ours}) or vector(0)) == bool (count({peers}) or vector(0))"
                scene.yields(f"{minute}m", same, 1)
        scenes.append(scene)
    both = rules(objective(objective=target, window=window)) + sloths(target, window, tmp_path)
    # An alert that is evaluated before its ratios would see those of five minutes ago.
    parts = ("sli-recordings", "meta-recordings", "alerts")
    order = ["shop-availability", *(f"sloth-slo-{part}-shop-availability" for part in parts)]
    judge(both, scenes, tmp_path, every="5m", order=order)
    # The weather was rough enough to say something.
    assert any("6000" in text or "600" in text for seed in range(4) for text in weather(seed).values())
