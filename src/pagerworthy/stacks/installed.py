"""Whether Pulumi's Python packages are here: only rendering and running need them."""

from importlib.util import find_spec

# By their own names: nobody but us could be meant by them, and the versions are those of pyproject.toml.
INSTALL = "pip install 'pulumi>=3.200,<4' 'pulumi-aws>=7,<8'"


def missing_package() -> str:
    """The name of a package that is not installed; empty where all are."""
    return next((name for name in ("pulumi", "pulumi_aws") if find_spec(name) is None), "")
