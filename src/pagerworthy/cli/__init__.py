"""The command line: parses arguments, calls a stage, prints what it returned."""

from pagerworthy.cli.app import main

__all__ = ["main"]
