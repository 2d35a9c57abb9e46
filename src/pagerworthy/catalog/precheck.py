"""Says whether a document is plain enough for the fast tier.

The fast parser reads more of YAML than we allow, and some of it differently. Whatever it could read otherwise
than the slow tier is turned away here; being turned away costs only time, since the slow tier has the last
word.
"""

import re

SIZE_LIMIT = 128 * 1024
# Beyond this, a document might have more nodes than the slow tier allows; that tier counts them.
_PLAIN_SIZE = 20_000

# Control characters but tab and line ends; a carriage return without its line feed; C1 controls with NEL; zero-width,
# bidirectional and line separators; the byte order mark; and non-characters.
UNPRINTABLE = re.compile(
    "\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_UNUSUAL = re.compile(
    r"""
      [\x00-\x09\x0b\x0c\x0e-\x1f\x7f] | \r(?!\n)
    | <<                                                  # merge keys
    | ^%                                                  # directives
    | ^(?:---|\.\.\.)                                     # further documents
    | (?:^|[:,\[{?-])[ ]*[&*!]                            # anchors, aliases, tags
    | (?:^|[:,\[{?-])[ ]*\?(?:[ \r\n]|$)                  # complex keys
    | \\[0abevfNLP_xuU]                                   # escapes that can make invisible characters
    | (?<![\w.])\.(?:[nN][aA][nN]|[iI][nN][fF])                        # not numbers that JSON knows
    | (?<!\d:)(?<![\w./'"-])[-+]?(?:0[0-9xobXOB_]|\.?[0-9][0-9.]*[eE_])
    | (?<!\d:)(?<![\w./'"-])[-+]?[0-9.]{16,}
    """,
    re.VERBOSE | re.MULTILINE,
)
_START = re.compile(r"\A(?:(?:#[^\n]*)?\n)*---\r?\n")


def plain(text: str) -> bool:
    """Whether both tiers are sure to read the text alike."""
    if len(text) > _PLAIN_SIZE or (not text.isascii() and UNPRINTABLE.search(text)):
        return False
    start = _START.match(text)
    return _UNUSUAL.search(text, start.end() if start else 0) is None
