"""What is known of one kind of problem, beyond the single message."""

import msgspec

from pagerworthy.problem import Severity


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A problem code, as `pagerworthy explain` shows it.

    `title` is what is wrong, in a few words; `why` says what would go wrong if it were let through; `mend`
    how it is put right. `wrong` and `right` are short examples, in YAML unless they say otherwise.
    """

    code: str
    title: str
    why: str
    mend: str
    wrong: str = ""
    right: str = ""
    severity: Severity = Severity.ERROR
