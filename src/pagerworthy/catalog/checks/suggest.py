"""Which name was probably meant."""

from collections.abc import Iterable

# A name that is compared in earnest with thousands of others takes a tenth of a second.
_COMPARED = 50
# Nobody names an entry so; a hostile one could have thousands of such names.
_LONGEST = 80
# Fewer letters begin too many names.
_SHORTEST_START = 3


def near(name: str, names: Iterable[str]) -> str:
    """The most similar of the names, or the only one that is cut short to this; nothing where none is similar."""
    if len(name) > _LONGEST:
        return ""
    known = list(names)
    likely = [each for each in known if abs(len(each) - len(name)) <= 4]
    if len(likely) > _COMPARED:
        likely.sort(key=lambda each: -_shared(name, each))
    # Few runs have anything to suggest.
    import difflib

    found = difflib.get_close_matches(name, likely[:_COMPARED], n=1, cutoff=0.6)
    if found or len(name) < _SHORTEST_START:
        return found[0] if found else ""
    longer = [each for each in known if each.startswith(name)]
    return longer[0] if len(longer) == 1 else ""


def did_you_mean(name: str, names: Iterable[str], otherwise: str) -> str:
    """`did you mean NAME?`, or the other help."""
    found = near(name, names)
    return f"did you mean {found}?" if found else otherwise


def _shared(one: str, other: str) -> int:
    """How many characters two names have in common at their beginnings and ends: a slip changes few in between."""
    most = min(len(one), len(other))
    start = 0
    while start < most and one[start] == other[start]:
        start += 1
    end = 0
    while end < most - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return start + end
