"""Whose stacks may follow from an entry that changed."""

from collections.abc import Collection, Iterable

from pagerworthy.stacks.images import ImageOwners


def near(images: Iterable[ImageOwners], touched: Collection[str]) -> set[str]:
    """These services, who needs one of them or what it owns, and who runs its image, in any of the images' catalogs.

    It looks at each entry once, so that one changed service of thousands costs what one costs.
    """
    changed = frozenset(touched)
    found = set(changed)
    for owners in images:
        catalog = owners.catalog
        for name, ties in catalog.ties.items():
            if any(target.partition("/")[0] in changed for target in ties.targets):
                found.add(name)
        for name in changed & catalog.services.keys():
            found |= owners.sharing(catalog.services[name].spec.compute)
    return found
