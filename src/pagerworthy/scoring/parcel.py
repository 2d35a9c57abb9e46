"""Scorecards on their way from one process to another: what many of them share is packed once, and shared again."""

from collections.abc import Iterable

import msgspec

from pagerworthy.scoring.model import CriterionResult, Scorecard


class Parcel(msgspec.Struct, frozen=True, array_like=True):
    """Scorecards without their results, for each the places of its results, and all results once."""

    cards: list[Scorecard]
    places: list[list[int]]
    results: list[CriterionResult]


def pack(cards: Iterable[Scorecard]) -> Parcel:
    """Packs scorecards; results that are one object stay so."""
    parcel = Parcel([], [], [])
    known: dict[int, int] = {}
    for card in cards:
        places = []
        for result in card.results:
            place = known.get(id(result))
            if place is None:
                place = known[id(result)] = len(parcel.results)
                parcel.results.append(result)
            places.append(place)
        parcel.places.append(places)
        parcel.cards.append(msgspec.structs.replace(card, results=()))
    return parcel


def unpack(parcel: Parcel) -> list[Scorecard]:
    """The scorecards, as they were packed."""
    results = parcel.results
    return [
        msgspec.structs.replace(card, results=tuple([results[place] for place in places]))
        for card, places in zip(parcel.cards, parcel.places, strict=True)
    ]
