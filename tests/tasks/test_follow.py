"""What one case caused in another: fired once through the door, and nothing fails in silence."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg

from tests import factory
from tests.tasks import world
from tests.tasks.world import rows_of, uuid
from workflow.engine import Engine
from workflow.follow import follow
from workflow.outbox import FollowOn

Link = psycopg.Connection[tuple[object, ...]]


def lay(link: Link, name: str, **more: object) -> None:
    row = {"id": uuid(name), "machine": "proposal", "target": "MC-1", "trigger": "expire"} | more
    factory.insert(link, "follow_on", **row)


def states(engine: Engine) -> dict[object, object]:
    return dict(rows_of(engine, "SELECT id, state FROM follow_on"))  # type: ignore[arg-type]


def outcome(engine: Engine) -> str:
    return str(rows_of(engine, "SELECT outcome FROM follow_on")[0][0])


def test_what_the_policy_does_not_call_for_any_more_is_moot_with_its_reasons(
    link: Link, engine: Engine
) -> None:
    lay(link, "a", trigger="committee_carried", form={"item": "AG-1"})
    assert follow(engine) == 1
    assert states(engine) == {uuid("a"): "moot"}
    assert "Possible while" in outcome(engine)
    assert follow(engine) == 0


def test_a_case_or_trigger_that_does_not_exist_is_dead_at_once(link: Link, engine: Engine) -> None:
    lay(link, "a", target="MC-999")
    assert follow(engine) == 1
    assert states(engine) == {uuid("a"): "dead"}
    assert outcome(engine) == "There is no MC-999."


def test_an_unexpected_error_rests_longer_each_time_and_in_the_end_is_dead(
    link: Link, engine: Engine
) -> None:
    def fails(_: Engine, __: FollowOn) -> None:
        raise RuntimeError("the key is in its safe")

    lay(link, "a", task="sign")
    rests = []
    for _ in range(6):
        link.execute("UPDATE follow_on SET lease_until = NULL")
        assert follow(engine, handlers={"sign": fails}) == 1
        rests += rows_of(
            engine, "SELECT extract(epoch FROM lease_until - now())::int FROM follow_on"
        )
    assert [rest for (rest,) in rests] == [2, 10, 60, 300, 1800, None]
    assert states(engine) == {uuid("a"): "dead"}
    assert outcome(engine) == "RuntimeError: the key is in its safe"


def test_one_bad_row_does_not_spoil_the_batch(link: Link, engine: Engine) -> None:
    seen: list[UUID] = []

    def some(_: Engine, follow_on: FollowOn) -> None:
        if follow_on.id == uuid("bad"):
            raise RuntimeError("bad")
        seen.append(follow_on.id)

    for name in ("a", "bad", "b"):
        lay(link, name, task="sign")
    assert follow(engine, handlers={"sign": some}) == 3
    assert set(seen) == {uuid("a"), uuid("b")}
    assert states(engine) == {uuid("a"): "done", uuid("b"): "done", uuid("bad"): "pending"}


def test_a_task_without_a_handler_here_waits_for_whoever_has_one(
    link: Link, engine: Engine
) -> None:
    lay(link, "a", task="sign")
    assert follow(engine) == 0
    assert states(engine) == {uuid("a"): "pending"}


def test_following_a_case_carries_out_the_whole_chain_and_nothing_else(
    link: Link, engine: Engine
) -> None:
    for n in (2, 3, 4):
        world.lay_case(link, f"MC-{n}")
    done: list[str] = []

    def chain(_: Engine, follow_on: FollowOn) -> tuple[str, ...]:
        done.append(follow_on.cause_case)
        return (follow_on.target or "",)

    lay(link, "a", task="link", cause_case="MC-1", target="MC-2")
    lay(link, "b", task="link", cause_case="MC-2", target="MC-3")
    lay(link, "c", task="link", cause_case="MC-4", target="MC-3")
    assert follow(engine, cause="MC-1", handlers={"link": chain}) == 2
    assert done == ["MC-1", "MC-2"]


def test_a_door_that_was_passed_already_gives_its_first_answer(link: Link, engine: Engine) -> None:
    """A worker died between the door and its mark: the same key does nothing twice."""
    world.lay_deadline(link, "end", does="fire", trigger="expire", fires_at=world.NOW)
    for n in range(2):
        world.lay_deadline(link, f"{n}", does="warn", state="fired")
    link.execute("UPDATE cases SET seq = 4, entered_seq = 4, state = 'expired'")
    factory.insert(
        link, "entry", seq=4, trigger="expire", from_state="draft", to_state="expired",
        actor="system", role="system", key=str(uuid("a")),
    )  # fmt: skip
    lay(link, "a")
    assert follow(engine) == 1
    assert states(engine) == {uuid("a"): "done"}
    assert rows_of(engine, "SELECT max(seq) FROM entry") == [(4,)]


def test_followers_at_once_carry_out_each_row_once(link: Link, engine: Engine) -> None:
    seen: list[UUID] = []
    for n in range(60):
        lay(link, f"{n}", task="sign")
    handlers = {"sign": lambda _, follow_on: seen.append(follow_on.id)}
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: follow(engine, handlers=handlers), range(4)))
    assert sum(taken) == 60
    assert sorted(seen) == sorted(set(seen))
