"""F2: killed at every statement boundary of each kind of transition, nothing lost or doubled.

The short run has one scene of each kind, the long one every row of every machine. After each death
the same command is given again under the same key, and the database must hold exactly what it holds
when nothing fails: one entry, and each work item, deadline, message and follow-on once.
"""

from collections.abc import Callable

import pytest

from tests.faults import agendas, awards, kinds, meetings, proposals
from tests.faults.ground import Ground, Trial, ground, rival, rival_gone
from tests.faults.killing import Boundaries, watched
from tests.faults.scenes import Scene, Stage, stage
from workflow.engine import Engine
from workflow.perform import Done, perform
from workflow.registry import MACHINES

#: Hundreds of children are killed one after another: a loaded machine needs its time.
pytestmark = pytest.mark.timeout(900)

WORLDS: dict[str, Callable[[Stage], None]] = {
    "proposals": proposals.scenes,
    "agenda items": agendas.scenes,
    "credentials and awards": awards.scenes,
    "meetings": meetings.scenes,
}
#: Kinds that the short run plays on the lock path too, which has three times as many boundaries.
LOCKED = ("moves", "replaces a row")
#: Statements: a read and a write; where the write lost its race BEGIN, lock, read, write, COMMIT.
WITHOUT_A_RACE, ON_THE_LOCK_PATH = 2, 7


def trial(laid: Ground, scene: Scene, *, raced: bool) -> Trial:
    """One scene, to be killed; `raced` on the lock path."""
    case = scene.command.case or ""

    def act(engine: Engine, boundaries: Boundaries) -> Done:
        return perform(watched(engine, laid.url, boundaries), scene.command)

    return Trial(
        laid, scene.at, act, lambda engine: perform(engine, scene.command),
        meanwhile=rival(laid.url, case) if raced else lambda _: None,
        settled=lambda: rival_gone(laid.link, case),
    )  # fmt: skip


def killed_everywhere(laid: Ground, scene: Scene, *, raced: bool = False) -> int:
    """Kill a scene at each boundary; between nothing and everything there is no third."""
    laid.put_back()
    known = laid.violations(scene.at)
    everything, _ = trial(laid, scene, raced=False).undisturbed()
    one = trial(laid, scene, raced=raced)
    raced_too, names = one.undisturbed()
    assert raced_too == everything, f"{scene.name}: the lock path writes something else"
    assert names == boundaries_of(ON_THE_LOCK_PATH if raced else WITHOUT_A_RACE)
    _happened_once(laid, scene)
    assert laid.violations(scene.at) <= known, scene.name
    one.killed_everywhere()
    assert one.kept == sorted(one.kept), f"{scene.name}: kept, and then not"
    assert one.kept[names.index("before the nudge")], f"{scene.name}: nothing was kept"
    return len(names)


def boundaries_of(statements: int) -> list[str]:
    """The boundaries of so many statements and of the nudge, in order."""
    each = ("before statement {}", "statement {} unanswered", "after statement {}")
    names = [name.format(n) for n in range(1, statements + 1) for name in each]
    return [*names, "before the nudge", "after the nudge"]


def _happened_once(laid: Ground, scene: Scene) -> None:
    row = laid.link.execute(
        "SELECT count(*), min(to_state) FROM entry WHERE key = %s", (scene.command.key,)
    ).fetchone()
    assert row == (1, scene.to), scene.name


# ------------------------------------------------------------------- the runs


def test_killed_at_every_boundary_of_each_kind_it_happens_once(database_url: str) -> None:
    with ground(database_url, kinds.scenes) as (laid, scenes):
        for scene in scenes:
            killed_everywhere(laid, scene)
        for scene in scenes:
            if scene.name.endswith(LOCKED):
                killed_everywhere(laid, scene, raced=True)


@pytest.mark.long
@pytest.mark.parametrize("name", WORLDS)
def test_killed_at_every_boundary_of_every_row_it_happens_once(
    database_url: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with ground(database_url, WORLDS[name]) as (laid, scenes):
        counts = [killed_everywhere(laid, scene) for scene in scenes]
        raced = [scene for scene in scenes if scene.command.case is not None]
        counts += [killed_everywhere(laid, scene, raced=True) for scene in raced]
    with capsys.disabled():
        print(f"\nF2, {name}: {sum(counts)} boundaries of {len(scenes)} scenes")  # noqa: T201


@pytest.mark.long
def test_there_is_a_scene_for_every_row_and_every_state_it_leaves(database_url: str) -> None:
    with stage(database_url, *WORLDS.values()) as played:
        shown = {(scene.machine, *scene.edge) for scene in played.scenes}
    rows = {
        (name, row.trigger, source, row.lands(source))
        for name, machine in MACHINES.items()
        for row in machine.definition.rows
        for source in [state.name for state in row.sources] or [""]
    }
    assert rows - shown == set()
