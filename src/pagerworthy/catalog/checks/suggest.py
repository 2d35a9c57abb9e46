"""Which name was probably meant."""

from collections.abc import Iterable


def near(name: str, names: Iterable[str]) -> str:
    """The most similar of the names, or nothing where none is similar."""
    likely = [
        each
        for each in names
        if abs(len(each) - len(name)) <= 4 and (each[:1] == name[:1] or each[-2:] == name[-2:] or each in name)
    ]
    # Few runs have anything to suggest.
    import difflib

    found = difflib.get_close_matches(name, likely, n=1, cutoff=0.6)
    return found[0] if found else ""


def did_you_mean(name: str, names: Iterable[str], otherwise: str) -> str:
    """`did you mean NAME?`, or the other help."""
    found = near(name, names)
    return f"did you mean {found}?" if found else otherwise
