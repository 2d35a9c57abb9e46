"""Problems of the repository and its settings: PW5xx."""

from pagerworthy.codes.code import Code

ROWS: tuple[Code, ...] = (
    Code(
        code="PW501",
        title="No catalog here",
        why="There is nothing to read.",
        mend="Run `pagerworthy init`, go into the repository, or name it with --root DIR.",
        wrong="cd ~ && pagerworthy check",
        right="cd our-catalog && pagerworthy check",
    ),
    Code(
        code="PW502",
        title="The settings cannot be read",
        why="A setting that is misspelt would be ignored.",
        mend="Mend pagerworthy.toml; the README has the table of settings.",
        wrong='[evidence]\npath = "catalog/evidence"',
        right='[evidence]\npaths = ["catalog/evidence"]',
    ),
    Code(
        code="PW503",
        title="The site cannot be written here",
        why="A build removes the files of its last build; it must not touch what is not its own.",
        mend="Name a new or an empty folder with --out DIR, or the one that an earlier build wrote.",
        wrong="pagerworthy site build --out ~/documents",
        right="pagerworthy site build --out public",
    ),
    Code(
        code="PW504",
        title="Rules cannot be written here",
        why="A file that Pagerworthy did not write is somebody's work.",
        mend="Move the file away, or name another folder with --out DIR.",
        wrong="pagerworthy rules build --out /etc/prometheus/rules    # with a checkout.rules.yaml by hand",
        right="pagerworthy rules build --out /etc/prometheus/rules/pagerworthy",
    ),
    Code(
        code="PW505",
        title="A receiver that reaches nobody",
        why="Alertmanager would take the alert, and nobody would hear of it.",
        mend="Say under [alerting] in pagerworthy.toml how receivers are reached, or define them in a file of your own.",
        wrong='[alerting]\nkind = ""',
        right='[alerting]\nkind = "pagerduty"\nsecrets = "/etc/alertmanager/secrets"',
    ),
)
