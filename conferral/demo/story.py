"""The story of the demo, act by act: four proposals, three learners, five credentials."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from conferral.demo import committee, learners
from conferral.demo import proposals as p
from conferral.demo.stage import Stage

FALL_TERM = date(2027, 8, 23)


@dataclass(frozen=True, slots=True)
class Cases:
    """The four proposals of the story, by the way each takes."""

    committee: str
    asa_only: str
    determination: str
    certificate: str


def cases_of(imported: Mapping[str, str]) -> Cases:
    """The cases of the story among those imported, by the titles of their records."""
    names = ("committee", "asa_only", "determination", "certificate")
    return Cases(*(imported[p.record_of(name)] for name in names))


def play(stage: Stage, cases: Cases) -> None:
    """Play the whole story; each act is told as it begins."""
    stage.say("A badge on a new course goes to ASA, is returned once, and comes back")
    consultation_with_return(stage, cases.committee)
    items = committee.items_of(stage, cases.committee)
    stage.say("Its first committee votes by name; one member is recused")
    committee.council(stage, items["ugc"])
    stage.say("A badge on what exists needs no committee; ASA is reminded, its director told")
    study = without_committee(stage, cases.asa_only)
    stage.say("A badge that will be stacked needs a determination; the Senate office is asked")
    project = with_determination(stage, cases.determination)
    stage.say("Both badges become the parts of a micro-certificate")
    certificate = stacked(stage, cases.certificate, [study, project])
    stage.say(
        "Three learners claim; one needs a second try; reflections are accepted; ASA verifies"
    )
    three_learners(stage, study=study, project=project, certificate=certificate)
    stage.say("The second committee hears the first badge; the Senate's notice passes")
    committee.hearing(stage, items["ucc"])
    stage.skip_to_day(committee.AFTER_THE_SENATE)
    stage.say("It is designed and approved, and goes in force when its course does")
    design_and_issue(stage, cases.committee)


def consultation_with_return(stage: Stage, case: str) -> None:
    """Submitted, reminded, returned with two changes, answered, resubmitted, consulted, routed."""
    p.complete(stage, case, "committee")
    p.submit(stage, case)
    stage.do("assign_reviewer", p.OFFICER, case, reviewer=p.OFFICER)
    stage.skip_business_days(7)
    stage.do(
        "return_for_revision", p.OFFICER, case, message="Very close.",
        changes=[
            {"field": "curriculum_items.i1.text", "asks": "Name the prerequisites of the course."},
            {"field": "slos.o1.threshold", "asks": "Say it so that two assessors agree."},
        ],
    )  # fmt: skip
    text = "A new three-credit course on reasoning with public data. Prerequisite: none."
    stage.do("edit", p.PROPOSER, case, fields={"curriculum_items.i1.text": text + p.MARK})
    stage.do("answer_change", p.PROPOSER, case, number=1, answer="fixed")
    reply = "The rubric names each level; two assessors agreed in a trial."
    stage.do("answer_change", p.PROPOSER, case, number=2, answer="contested", reply=reply)
    stage.do("resubmit", p.PROPOSER, case)
    p.consult(stage, case)
    stage.do("route_to_committee", p.OFFICER, case)
    stage.settle()


def without_committee(stage: Stage, case: str) -> str:
    """The ASA-only route, late enough that the clock escalates openly."""
    p.complete(stage, case, "asa_only")
    p.submit(stage, case)
    stage.skip_business_days(13)
    p.consult(stage, case)
    stage.do("clear_to_design", p.OFFICER, case)
    p.design(stage, case)
    p.approve(stage, case)
    return p.issue(stage, case)


def with_determination(stage: Stage, case: str) -> str:
    """Row R4: ASA asks the Senate office, which agrees that no committee has to act."""
    p.complete(stage, case, "determination")
    p.submit(stage, case)
    question = "Does a stack of existing, non-credit badges need the curriculum committee?"
    stage.do("ask_scope", p.OFFICER, case, office="senate_office", question=question)
    stage.skip_business_days(2)
    answer = "No. The Senate does not approve non-credit offerings."
    stage.do("answer_scope", p.SENATE_OFFICE, case, committee_required="no", answer=answer)
    p.consult(stage, case)
    reason = "Existing, non-credit parts; the Senate office agrees."
    stage.do("record_determination", p.OFFICER, case, committee_required="no", reason=reason)
    stage.do("clear_to_design", p.OFFICER, case)
    p.design(stage, case)
    p.approve(stage, case)
    return p.issue(stage, case)


def stacked(stage: Stage, case: str, parts: list[str]) -> str:
    """A micro-certificate that collects two badges in force."""
    p.complete(stage, case, "certificate", constituents=parts)
    p.submit(stage, case)
    p.consult(stage, case, award_type="micro_certificate")
    stage.do("clear_to_design", p.OFFICER, case)
    p.design(stage, case)
    p.approve(stage, case)
    return p.issue(stage, case)


def three_learners(stage: Stage, *, study: str, project: str, certificate: str) -> None:
    """Leo earns both badges and the stack, Mira needs a second try, Ola is not enrolled."""
    leo = [learners.claim(stage, learners.LEO, one) for one in (study, project)]
    mira = learners.claim(stage, learners.MIRA, study)
    ola = learners.claim(stage, learners.OLA, project)
    learners.show(stage, mira, below="o2")
    for award in (*leo, ola):
        learners.show(stage, award)
    stage.skip_business_days(4)
    learners.show(stage, mira)
    for award in (*leo, mira, ola):
        learners.reflect(stage, award)
        learners.verify(stage, award, enrolled=award != ola)
    stage.settle()
    whole = learners.certificate_of(stage, learners.LEO, certificate)
    learners.reflect(stage, whole)
    learners.verify(stage, whole)


def design_and_issue(stage: Stage, case: str) -> None:
    """After the notice window: design, review, approval; in force when the course is."""
    p.design(stage, case)
    p.approve(stage, case)
    for day in (date(2027, 5, 3), FALL_TERM):
        p.keep_drafts(stage)
        stage.skip_to_day(day)
    p.issue(stage, case)
    stage.settle()
