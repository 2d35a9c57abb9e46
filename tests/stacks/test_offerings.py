"""What an entry's few words come to, and what of them is not to be had."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.catalog import Backup, EnvironmentSpec, Resource
from pagerworthy.cloud import TASK_SIZES, UnknownVersionError, days, engine_of, offered, seconds, task_size
from pagerworthy.stacks import offerings
from pagerworthy.stacks.offerings import SIZES, Place


def place(purpose: str = "production", tier: int = 1, zones: int = 3, *, regulated: bool = False) -> Place:
    spec = EnvironmentSpec(purpose=purpose, provider="aws", region="eu-west-1", zones=zones)  # type: ignore[arg-type]
    return Place(spec, tier, regulated)


PLACES = st.builds(
    place,
    st.sampled_from(["production", "staging", "development"]),
    st.integers(1, 4),
    st.integers(2, 3),
    regulated=st.booleans(),
)


@given(PLACES, st.sampled_from(["postgres", "mysql"]))
def test_a_larger_database_has_more_of_everything(where: Place, type_: str) -> None:
    made = [offerings.database(Resource(type=type_, size=size), where) for size in SIZES]
    for what in ("storage", "max_storage", "connections"):
        values = [getattr(each, what) for each in made]
        assert values == sorted(set(values)), what
    assert [each.machine.memory for each in made] == sorted({each.machine.memory for each in made})
    assert all(each.storage < each.max_storage for each in made)
    # RDS allows PostgreSQL one connection for 9,531,392 bytes.
    assert all(each.connections <= each.machine.memory * 1024**2 // 9_531_392 for each in made)


@given(PLACES, st.sampled_from(["redis", "memcached"]), st.integers(1, 3))
def test_nothing_spans_more_zones_than_there_are(where: Place, type_: str, zones: int) -> None:
    made = offerings.cache(Resource(type=type_, size="small", zones=zones), where)
    assert 1 <= made.nodes <= where.spec.zones
    assert made.nodes >= min(zones, where.spec.zones)
    assert made.nodes > 1 or not where.critical


@given(PLACES, st.integers(1, 1000))
def test_backups_are_kept_at_least_as_long_as_asked(where: Place, asked: int) -> None:
    made = offerings.database(Resource(type="postgres", size="small", backup=Backup(retention=f"{asked}d")), where)
    assert max(made.backup_days, made.long_backup_days) >= asked
    assert made.backup_days <= offerings.OWN_BACKUP_DAYS
    if where.regulated:
        assert made.long_backup_days >= 365


def test_steady_machines_are_for_those_who_are_paged_for_them() -> None:
    def machine(where: Place) -> str:
        return offerings.database(Resource(type="postgres", size="small"), where).machine.name

    assert machine(place()).startswith("db.m")
    assert machine(place(tier=3)).startswith("db.t")
    assert machine(place("staging")).startswith("db.t")


@pytest.mark.parametrize(
    ("type_", "version", "asked", "pinned"),
    [
        ("postgres", "18", "18", False),
        ("postgres", "18.4", "18.4", True),
        ("mysql", "8.4", "8.4", False),
        ("mysql", "8", "8.4", False),
        ("mysql", "8.0.43", "8.0.43", True),
        ("redis", "9", "9.1", True),
        ("redis", "7", "7.2", True),
        ("memcached", "1.6", "1.6.22", False),
        ("memcached", "1.6.17", "1.6.17", True),
        ("rabbitmq", "3.13", "3.13", False),
        ("rabbitmq", "3.13.7", "3.13", False),
        ("rabbitmq", "", "3.13", False),
    ],
)
def test_versions_are_asked_for_as_aws_wants_them(type_: str, version: str, asked: str, pinned: bool) -> None:
    engine = engine_of(type_, version)
    assert (engine.version, engine.pinned) == (asked, pinned)


@pytest.mark.parametrize(
    ("type_", "version"),
    [("postgres", "9.6"), ("postgres", "1"), ("mysql", "5.7"), ("redis", "8.4"), ("memcached", "1.4")],
)
def test_a_version_that_is_not_offered_is_named_with_those_that_are(type_: str, version: str) -> None:
    with pytest.raises(UnknownVersionError) as caught:
        engine_of(type_, version)
    assert caught.value.offered == offered(type_)


@given(st.sampled_from([(cpu, memory) for cpu, every in TASK_SIZES.items() for memory in every]))
def test_what_is_left_out_of_a_task_fits_what_is_there(size: tuple[int, int]) -> None:
    cpu, memory = size
    assert task_size(cpu, memory) == size
    assert task_size(cpu, None)[0] == cpu
    assert task_size(None, memory)[1] == memory
    assert task_size(None, None) == (256, 512)


@pytest.mark.parametrize(("cpu", "memory"), [(256, 4096), (512, 512), (300, 512), (None, 100), (16384, 1024)])
def test_tasks_that_fargate_does_not_offer_are_refused(cpu: int | None, memory: int | None) -> None:
    with pytest.raises(ValueError, match="Fargate offers no task"):
        task_size(cpu, memory)


def test_lengths_are_counted_up() -> None:
    assert [seconds(each) for each in ("500ms", "90s", "2m", "1w")] == [1, 90, 120, 604_800]
    assert [days(each) for each in ("1h", "36h", "35d", "2w")] == [1, 2, 35, 14]
