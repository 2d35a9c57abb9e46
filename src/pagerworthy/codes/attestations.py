"""Problems of attestations: PW250 to PW257, among those across entries."""

from pagerworthy.codes.code import Code
from pagerworthy.problem import Severity

ROWS: tuple[Code, ...] = (
    Code(
        code="PW250",
        title="An attestation that ends before it begins",
        why="It never holds, and what it attests stays unknown.",
        mend="Write the last day on which it holds: the day on which it was given, or a later one.",
        wrong="date: 2026-05-19\nuntil: 2026-04-19",
        right="date: 2026-05-19\nuntil: 2027-05-19",
    ),
    Code(
        code="PW251",
        title="An attestation that holds too long",
        why="Nobody can say today what will be so in two years. After 400 days it does not count any more, whatever it says.",
        mend="Write a day at most 400 days after that on which it was given, and ask again then.",
        wrong="date: 2026-05-19\nuntil: 2029-05-19",
        right="date: 2026-05-19\nuntil: 2027-05-19",
    ),
    Code(
        code="PW252",
        title="Two attestations of one thing at a time",
        why="The later one counts. Where they differ, readers may have the earlier one before them.",
        mend="Remove the earlier one, which the history keeps, or let it end the day before the later one.",
        wrong="two of attest.access for checkout: 2026-07-05 until 2026-10-15, and 2026-10-05 until 2027-01-15",
        right="the first until 2026-10-04, the second from 2026-10-05",
        severity=Severity.WARNING,
    ),
    Code(
        code="PW253",
        title="Two attestations of one thing on the same day",
        why="Which of them holds would depend on how they are written.",
        mend="Keep one of the two.",
        wrong="two of cost.unit for checkout, both of 2026-11-05",
        right="one of cost.unit for checkout",
    ),
    Code(
        code="PW254",
        title="An attestation that is stale",
        why="Nobody has said since that it is still so, and the criteria that need it are not known.",
        mend="Ask the person again and write a new one: `pagerworthy new attestation`.",
        wrong="until: 2026-10-01    # read in November 2026",
        right="until: 2027-10-01",
        severity=Severity.WARNING,
    ),
    Code(
        code="PW255",
        title="Somebody attests whom the catalog does not know",
        why="An attestation is worth as much as the person behind it. Whoever attests is a member of a team, or the "
        "business owner of a system, so that they can be asked.",
        mend="Mend the name, which has to be the same to the letter, or add the person to the entry of their team.",
        wrong="by: {name: Ines Carvalo, capacity: security reviewer}",
        right="by: {name: Ines Carvalho, capacity: security reviewer}",
        severity=Severity.WARNING,
    ),
    Code(
        code="PW256",
        title="More people trained than there are",
        why="Of a rotation of seven, eight cannot have been trained; one of the two numbers is wrong.",
        mend="Count the people of the rotation who were trained, and all of them.",
        wrong="training: {trained: 8, rotation: 7}",
        right="training: {trained: 7, rotation: 7}",
    ),
    Code(
        code="PW257",
        title="A cost that somebody else accepts for the business",
        why="What a unit may cost is for the business owner of the service's system to say.",
        mend="Let the business owner attest it, or mend business_owner in the entry of the system.",
        wrong="by: {name: Ada Okafor, capacity: developer}\nunit_cost: {cost: 0.0002, accepted: true}",
        right="by: {name: Maya Hansen, capacity: business owner}\nunit_cost: {cost: 0.0002, accepted: true}",
        severity=Severity.WARNING,
    ),
)
