"""What things are called in an entry that are called something else elsewhere."""

from pagerworthy.catalog import suggest_name

_LONGEST_NAME = 40
_LONGEST_LINE = 300


def slo_name(name: str, service: str = "") -> str:
    """The name of an SLO in the entry of `service`, from any other name; that of the service is left out of it."""
    found = suggest_name(name)
    if service and found.startswith(f"{service}-"):
        rest = suggest_name(found.removeprefix(f"{service}-"))
        found = rest if len(rest) > 1 else found
    if not found:
        return "slo"
    return found if len(found) > 1 else f"slo-{found}"


def apart(names: list[str]) -> list[str]:
    """The names, with a number behind those that have been there before."""
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    found = []
    for name in names:
        mine = name
        while mine in taken:
            numbers[name] = numbers.get(name, 1) + 1
            mine = with_end(name, str(numbers[name]))
        taken.add(mine)
        found.append(mine)
    return found


def with_end(name: str, end: str) -> str:
    """The name with `end` behind it, shortened to what a name may have."""
    return name[: _LONGEST_NAME - len(end) - 1].rstrip("-") + f"-{end}"


def one_line(text: str) -> str:
    """The text on one line, cut where an entry would refuse it for its length."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 3].rstrip() + "..."
