"""Credentials in force and awards on their way, played through the one door."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from credentials.facts import Issuer
from credentials.keys import FileSigner
from tests.factory import ASA_OFFICER, ASSESSOR, LEARNER, REGISTRAR
from tests.policies.documents import outcome
from tests.workflow.play import Play
from workflow.assembler import assemble
from workflow.engine import Engine
from workflow.follow import follow
from workflow.issuing import sign_award
from workflow.outbox import FollowOn
from workflow.perform import Done
from workflow.reading import Wanted, read_case

BASE = "https://credentials.example.edu"
DID = "did:web:credentials.example.edu"
SIGNER = FileSigner.from_secret(f"{DID}#key-2026-1", bytes(range(32)))
ISSUER = Issuer(DID, "Example University - Academic and Student Affairs", BASE)

COMPETENCIES = [
    {"statement": "Plans interviews on hard subjects.", "kind": "skill"},
    {"statement": "Explains why two forecasts differ.", "kind": "knowledge"},
]
#: The first is scored by its rubric level, the second by a threshold in words.
OUTCOMES = [outcome(1) | {"threshold_level": 3}, outcome(2)]
ANSWERS = {
    "pathway": "I began with spreadsheets.",
    "personal_growth": "I ask what a chart leaves out.",
    "professional_growth": "I present figures at work.",
}
FEEDBACK = "Clear. Next: name the source of each number."


def sign(engine: Engine, follow_on: FollowOn) -> Iterable[str]:
    """The handler of the task "sign"."""
    case = cast("str", follow_on.target)
    return (sign_award(engine, case, issuer=ISSUER, signer=SIGNER, base_url=BASE).case,)


@dataclass
class Awards:
    """Short words for what happens between a credential in force and a signed award."""

    play: Play

    def do(self, trigger: str, actor: str, case: str | None = None, **form: object) -> Done:
        """Do one action on an award."""
        return self.play.do(trigger, actor, case, machine="award", **form)

    def follow(self) -> int:
        """Carry out whatever was caused, until nothing is left."""
        return follow(self.play.engine, handlers={"sign": sign, "assemble": assemble})

    def badge(self, title: str = "Data Storytelling", **changes: object) -> str:
        """A badge in force."""
        said = {"title": title, "competencies": COMPETENCIES, "slos": OUTCOMES} | changes
        proposal = self.play.issued(**said)
        self.follow()
        return self.in_force(proposal)

    def certificate(self, *parts: str, title: str = "Working with Data", **changes: object) -> str:
        """A micro-certificate in force that collects these credentials."""
        return self.badge(title, **({
            "type": "micro_certificate", "theme": "Public data", "constituents": list(parts),
            "completion": {"rule": "all"},
            "organisation": {"pattern": "All of them", "goal": "Move into data work."},
            "routing": {"credit_scope": "in_340_350", "credit_intended": "no"},
        } | changes))  # fmt: skip

    def in_force(self, proposal: str) -> str:
        """The credential that a proposal has put in force."""
        (case,) = self.row("SELECT case_id FROM credential WHERE proposal = %s", proposal)
        return str(case)

    def row(self, query: str, *values: object) -> tuple[object, ...]:
        """The one row of a query."""
        (found,) = self.rows(query, *values)
        return found

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Every row of a query."""
        with self.play.connect() as connection:
            return connection.execute(query, values).fetchall()

    def state(self, case: str) -> str:
        """The state a case is in."""
        return str(self.row("SELECT state FROM cases WHERE id = %s", case)[0])

    def mails(self, case: str) -> list[str]:
        """Kinds of the mails a case has caused, in order, without the machine's name."""
        found = self.rows(
            "SELECT kind FROM notification WHERE case_id = %s ORDER BY seq, kind", case
        )
        return [str(kind).removeprefix("award.") for (kind,) in found]

    # ------------------------------------------------------------ an award, step by step

    def claimed(self, credential: str, learner: str = LEARNER) -> str:
        """A claim."""
        return self.do("claim", learner, credential=credential).case

    def submit(self, case: str, *outcomes: str, learner: str = LEARNER) -> Done:
        """Submit evidence for outcomes."""
        evidence = dict.fromkeys(outcomes or ("o1", "o2"), "My brief: https://example.edu/brief")
        return self.do("submit_evidence", learner, case, evidence=evidence, integrity=True)

    def score(self, case: str, outcome_id: str, level: object = 3) -> Done:
        """Score an outcome; the second one's threshold is in words, reached from level 3 on."""
        words = {"met": "yes" if level in {3, 4} else "no"} if outcome_id == "o2" else {}
        return self.do(
            "score_slo", ASSESSOR, case, outcome=outcome_id, level=str(level), feedback=FEEDBACK,
            **words,
        )  # fmt: skip

    def reflecting(self, credential: str, learner: str = LEARNER) -> str:
        """An award whose outcomes are all met."""
        case = self.claimed(credential, learner)
        self.submit(case, learner=learner)
        self.score(case, "o1")
        self.score(case, "o2")
        self.do("finish_round", ASSESSOR, case)
        return case

    def reflected(self, case: str, learner: str = LEARNER) -> str:
        """An award whose reflection is accepted."""
        self.do("submit_reflection", learner, case, **ANSWERS)
        self.do("accept_reflection", ASSESSOR, case, level="meets")
        return case

    def to_verify(self, credential: str, learner: str = LEARNER) -> str:
        """An award with ASA for verification."""
        return self.reflected(self.reflecting(credential, learner), learner)

    def verify(self, case: str, officer: str = ASA_OFFICER, **form: object) -> Done:
        """Verify it."""
        return self.do("verify", officer, case, **({"identity_method": "directory"} | form))

    def issued(self, credential: str, learner: str = LEARNER) -> str:
        """An issued, signed award."""
        case = self.to_verify(credential, learner)
        self.verify(case)
        self.follow()
        return case

    def recorded(self, case: str) -> Done:
        """Its record, confirmed."""
        return self.do(
            "record_confirmed", REGISTRAR, case, record="2026-118", kept_in="student_system"
        )

    # ------------------------------------------------------------ time

    def facts(self, case: str, actor: str) -> object:
        """The facts of a case as its rules see them, for one actor."""
        machine = self.play.engine.machine_of(case)
        assert machine
        wanted = Wanted(
            machine=machine.definition.machine, case=case, actor=actor,
            now=self.play.clock.now(), key="", form=None, calendar=self.play.engine.calendar,
        )  # fmt: skip
        with self.play.connect() as connection:
            read = read_case(connection, machine.reading, wanted)
        assert read
        return read.facts

    def deadlines(self, case: str) -> list[tuple[object, ...]]:
        """What is armed: (does, occurrence rule, when)."""
        return self.rows(
            "SELECT does, rule, fires_at, due_at, role FROM deadline "
            "WHERE case_id = %s AND state = 'armed' ORDER BY fires_at, does", case,
        )  # fmt: skip

    def pass_to_end(self, case: str, *, warned: int = 2) -> None:
        """Let time pass to the end of the state's clock, with this many warnings given."""
        with self.play.connect() as connection:
            connection.execute(
                "UPDATE deadline SET state = 'fired' WHERE id IN (SELECT id FROM deadline "
                "WHERE case_id = %s AND state = 'armed' AND does = 'warn' "
                "ORDER BY fires_at LIMIT %s)", (case, warned),
            )  # fmt: skip
        ends = [row[2] for row in self.deadlines(case) if row[0] == "fire"]
        self.play.clock.at = cast("type(self.play.clock.at)", ends[0])  # type: ignore[valid-type]
