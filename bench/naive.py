"""What most would write: `transitions` on a SQLModel row, a session, a flush, a commit.

It writes the same rows as the full transition, by the unit of work: a Machine for each row, the
case locked, its history read for the last hash, objects added one by one.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import Session, select
from transitions import Machine

from models import Appointment, Case, Census, Deadline, Entry, Notification, Proposal, WorkItem

STATES = ["draft", "design"]


class Holder:
    """What the machine moves; SQLModel rows refuse the attributes that it adds."""

    state = "draft"


def transition(engine: Engine, case_id: str, actor: str) -> None:
    """One transition, as a unit of work."""
    now = datetime.now(UTC)
    with Session(engine) as session:
        case = session.exec(select(Case).where(Case.id == case_id).with_for_update()).one()
        proposal = session.get(Proposal, case_id)
        held = session.exec(select(Appointment).where(Appointment.person == actor)).all()
        last = session.exec(
            select(Entry).where(Entry.case_id == case_id).order_by(Entry.seq.desc()).limit(1)
        ).first()
        model = Holder()
        machine = Machine(model, states=STATES, initial=case.state, auto_transitions=False)
        allowed = proposal is not None and proposal.proposer == actor and bool(held)
        machine.add_transition("go", "draft", "design", conditions=[lambda: allowed])
        machine.add_transition("come", "design", "draft", conditions=[lambda: allowed])
        before = case.state
        model.go() if before == "draft" else model.come()
        seq = case.seq + 1
        previous = last.hash if last else "0" * 64
        digest = sha256(f"{previous}{seq}{model.state}{now}".encode()).hexdigest()
        session.add(Entry(
            case_id=case_id, seq=seq, trigger="go", from_state=before, to_state=model.state,
            revision=seq, actor=actor, role="proposer", at=now, form={}, key=str(uuid4()),
            previous=previous, hash=digest,
        ))  # fmt: skip
        for item in session.exec(
            select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.state == "open")
        ):
            item.state, item.closed_seq, item.closed_by = "done", seq, actor
        for deadline in session.exec(
            select(Deadline).where(Deadline.case_id == case_id, Deadline.state == "armed")
        ):
            deadline.state = "cancelled"
        _waiting(session, case_id=case_id, seq=seq, state=model.state, actor=actor, now=now)
        case.state, case.seq, case.revision, case.chain = model.state, seq, seq, digest
        case.entered_at, case.entered_seq, case.clock_at = now, seq, now
        session.commit()


def _waiting(
    session: Session, *, case_id: str, seq: int, state: str, actor: str, now: datetime
) -> None:
    due = now + timedelta(days=14)
    session.add(WorkItem(
        id=uuid4(), case_id=case_id, seq=seq, kind=state, role="proposer", scope="", person=actor,
        opened_at=now, due_at=due, state="open",
    ))  # fmt: skip
    session.add(Deadline(
        id=uuid4(), case_id=case_id, seq=seq, of_state=state, clock=state, does="escalate",
        role="asa_director", scope="", fires_at=due, due_at=due, rule="due", state="armed",
    ))  # fmt: skip
    session.add(Notification(
        id=uuid4(), case_id=case_id, seq=seq, kind="proposal.moved", importance="know",
        recipient=actor, occurrence="", facts={}, created_at=now, due_at=now, state="pending",
    ))  # fmt: skip
    session.add(Census(machine="proposal", state="draft", change=-1))
    session.add(Census(machine="proposal", state=state, change=1))
