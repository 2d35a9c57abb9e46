"""Public names: what an entry's name becomes in each environment.

Entries say what something is called in production. Another environment has a domain of its own, which takes the place
of production's: where production is `shop.example.com` and staging is `staging.shop.example.com`, then
`api.shop.example.com` is `api.staging.shop.example.com` in staging.
"""

from collections.abc import Iterable


def lies_in(name: str, domain: str) -> bool:
    """Whether a name is a domain or lies in it. Nothing lies in no domain."""
    return bool(domain) and (name == domain or name.endswith(f".{domain}"))


def name_in(name: str, domain: str, production: Iterable[str]) -> str:
    """What a name of an entry is in an environment of this domain; `production` are the domains of production.

    A name that lies in none of them stays as it is, for the environment to refuse.
    """
    if not domain or lies_in(name, domain):
        return name
    for each in sorted(production, key=len, reverse=True):
        if lies_in(name, each):
            return name.removesuffix(each) + domain
    return name
