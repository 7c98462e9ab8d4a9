"""Workers and relays say that they live; one that was killed falls silent."""

from uuid import UUID

from tests.workflow.play import Play
from workflow.processes import Living, Seen, beat, farewell, forget, processes

WORKER = Living(id=UUID(int=1), kind="worker", host="a", pid=7, does="mail, deadlines, issuing")
RELAY = Living(id=UUID(int=2), kind="relay", host="b", pid=8, does="whatever is due")


def seen(play: Play) -> list[Seen]:
    with play.engine.connect() as connection:
        return list(processes(connection))


def test_each_is_seen_with_what_it_does_and_one_that_ends_says_so(play: Play) -> None:
    assert seen(play) == []
    with play.engine.connect() as connection:
        for _ in range(2):
            beat(connection, WORKER)
        beat(connection, RELAY)
        farewell(connection, WORKER)
    relay, worker = seen(play)
    assert (relay.kind, relay.host, relay.pid, relay.does) == ("relay", "b", 8, "whatever is due")
    assert relay.runs
    assert not worker.runs
    assert not worker.silent


def test_one_that_was_killed_falls_silent_and_is_forgotten_after_a_week(play: Play) -> None:
    with play.engine.connect() as connection:
        beat(connection, WORKER)
        connection.execute("UPDATE running_process SET seen_at = now() - interval '50 s'")
        assert [one.silent for one in processes(connection)] == [True]
        assert forget(connection) == 0
        connection.execute("UPDATE running_process SET seen_at = now() - interval '8 days'")
        assert processes(connection) == ()
        assert forget(connection) == 1
