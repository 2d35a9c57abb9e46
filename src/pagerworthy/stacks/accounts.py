"""Which environment of an account declares what the account has only once."""

from collections.abc import Mapping

from pagerworthy.catalog import Environment

_PURPOSES = ("production", "staging", "development")


def holder_of(environment: str, environments: Mapping[str, Environment]) -> str:
    """The environment whose platform declares what an account has once, such as the identity provider of CI.

    An environment that names no account is taken to have one of its own, and so has one that nobody shares the account
    with. Of several it is the one whose entry says `holds_account`. `check` asks for exactly one (PW717), since what
    follows from names or purposes would move when an environment is added: it would be there already for the new
    holder, and be deleted by the old one. Until somebody has said so, it is production's.
    """
    account = environments[environment].spec.account
    if not account:
        return environment
    sharing = [name for name, each in environments.items() if each.spec.account == account]
    said = [name for name in sharing if environments[name].spec.holds_account]
    return min(said or sharing, key=lambda name: (_PURPOSES.index(environments[name].spec.purpose), name))
