"""Roles: a party of the case or whoever is appointed, the next head up, deputies, delegates."""

from dataclasses import replace

from tests.workflow.toy import CLERK, HEAD, OWNER, PEOPLE, ToyFacts, appointment, facts
from workflow.facts import Appointment
from workflow.roles import SYSTEM_ROLE, TIMER_ROLE, Asked, Role, appointed, party

VICE = Role("vice", "the vice", scopes=lambda _: ("",))
CHAIR = Role(
    "chair", "the chair", scopes=lambda _: ("",), deputy=VICE,
    excluded=lambda facts: frozenset({facts.owner}),
)  # fmt: skip
TAKER = party("taker", "whoever took it", lambda _: None)
TAKER_OR_CLERK = Role("taker", "whoever took it", party=lambda _: None, deputy=CLERK)


def held(role: Role, actor: str, *people: str, **more: object) -> list[str] | None:
    seen = facts(actor=actor, people=tuple(PEOPLE[name] for name in people), **more)  # type: ignore[arg-type]
    found = role.held_by(seen)
    return None if found is None else [one.id for one in found]


def of(people: tuple[object, ...], actor: str = "", **more: object) -> ToyFacts:
    return facts(actor=actor, people=people, **more)  # type: ignore[arg-type]


# ------------------------------------------------------------------------- parties


def test_a_party_is_whom_the_case_names_and_needs_no_appointment() -> None:
    assert held(OWNER, "owner") == []
    assert held(OWNER, "cleo", "clerk") is None
    assert OWNER.asked(facts()) == Asked("owner", "", "owner", ("owner",))


def test_where_the_case_names_nobody_a_deputy_stands_in() -> None:
    assert TAKER.held_by(facts()) is None
    assert TAKER.asked(facts()) == Asked("taker", "", None, ())
    assert held(TAKER_OR_CLERK, "cleo", "clerk") == ["cleo/clerk//"]
    asked = TAKER_OR_CLERK.asked(of((PEOPLE["clerk"],)))
    assert (asked.role, asked.people) == ("clerk", ("cleo",))


# ------------------------------------------------------------------------- appointments


def test_an_appointment_counts_in_its_role_and_scope() -> None:
    assert held(CLERK, "cleo", "clerk") == ["cleo/clerk//"]
    assert held(CLERK, "hera", "clerk", "head") is None
    elsewhere = appointment("nell", "head", "attic")
    assert HEAD.held_by(of((elsewhere,), "nell")) is None


def test_anyone_who_holds_the_role_is_asked_and_named() -> None:
    people = (
        PEOPLE["clerk"],
        PEOPLE["second clerk"],
        appointment("cleo", "clerk", on_behalf_of="x"),
    )
    asked = CLERK.asked(of(people))
    assert asked == Asked("clerk", "", None, ("cleo", "clint"))
    assert CLERK.asked_names(of(people)) == "Cleo or Clint"


def test_names_are_three_at_most_and_none_where_nobody_is_asked() -> None:
    many = tuple(appointment(name, "clerk") for name in ("dora", "abe", "carl", "bea"))
    assert CLERK.asked_names(of(many)) == "Abe or Bea or Carl"
    assert CLERK.asked_names(facts()) == ""
    assert OWNER.asked_names(facts()) == ""


def test_a_vacant_role_is_asked_in_its_nearest_scope() -> None:
    assert HEAD.asked(facts()) == Asked("head", "cellar", None, ())
    nowhere = Role("head", "the head", scopes=lambda _: ())
    assert nowhere.asked(facts()) == Asked("head", "", None, ())
    assert nowhere.held_by(facts()) is None


# ------------------------------------------------------------------------- the next head up


def test_the_next_head_up_is_not_asked_while_the_nearer_one_may_act() -> None:
    assert held(HEAD, "hera", "head", "upper head") == ["hera/head/cellar/"]
    assert held(HEAD, "hugo", "head", "upper head") is None


def test_the_next_head_up_is_asked_where_the_nearer_one_is_barred_or_missing() -> None:
    assert held(HEAD, "hera", "head", "upper head", owner="hera") is None
    assert held(HEAD, "hugo", "head", "upper head", owner="hera") == ["hugo/head/house/"]
    assert held(HEAD, "hugo", "upper head") == ["hugo/head/house/"]
    asked = HEAD.asked(of((PEOPLE["head"], PEOPLE["upper head"]), owner="hera"))
    assert asked == Asked("head", "house", None, ("hugo",))


def test_one_who_heads_both_acts_in_the_nearest() -> None:
    both = (appointment("hera", "head", "house"), PEOPLE["head"])
    assert HEAD.held_by(of(both, "hera")) == (PEOPLE["head"],)


# ------------------------------------------------------------------------- delegation


def test_a_delegate_inherits_the_exclusion_of_whom_they_act_for() -> None:
    for_hera = appointment("dan", "head", "cellar", on_behalf_of="hera")
    people = (PEOPLE["head"], for_hera, PEOPLE["upper head"])
    assert HEAD.held_by(of(people, "dan")) == (for_hera,)
    assert HEAD.held_by(of(people, "dan", owner="hera")) is None
    assert HEAD.held_by(of(people, "hugo", owner="hera")) == (PEOPLE["upper head"],)


def test_a_barred_person_cannot_act_through_a_delegation() -> None:
    for_hera = appointment("owner", "head", "cellar", on_behalf_of="hera")
    assert HEAD.held_by(of((for_hera,), "owner")) is None


def test_ones_own_appointment_comes_before_a_delegated_one() -> None:
    own = appointment("cleo", "clerk")
    lent = appointment("cleo", "clerk", on_behalf_of="clint")
    assert CLERK.held_by(of((lent, own), "cleo")) == (own,)
    assert CLERK.held_by(of((lent,), "cleo")) == (lent,)


# ------------------------------------------------------------------------- deputies


def test_the_deputy_acts_only_where_nobody_else_may() -> None:
    chair, vice = appointment("chris", "chair"), appointment("vera", "vice")
    assert CHAIR.held_by(of((chair, vice), "vera")) is None
    assert CHAIR.held_by(of((chair, vice), "vera", owner="chris")) == (vice,)
    assert CHAIR.held_by(of((vice,), "vera")) == (vice,)
    assert CHAIR.asked(of((chair, vice), owner="chris")) == Asked("vice", "", None, ("vera",))
    assert CHAIR.asked(of((chair, vice))) == Asked("chair", "", None, ("chris",))


# ------------------------------------------------------------------------- no persons


def test_conferral_and_its_clocks_are_nobody_else() -> None:
    assert SYSTEM_ROLE.held_by(facts(actor="system")) == ()
    assert TIMER_ROLE.held_by(facts(actor="timer")) == ()
    assert SYSTEM_ROLE.held_by(facts(actor="timer")) is None
    assert SYSTEM_ROLE.asked(facts()) == Asked("system", "", None, ())
    posing = appointment("mallory", "system")
    assert SYSTEM_ROLE.held_by(of((posing,), "mallory")) is None


def test_holders_are_those_of_the_first_scope_that_has_any() -> None:
    seen = of((PEOPLE["head"], PEOPLE["upper head"]))
    assert seen.holders("head", ("cellar", "house")) == (PEOPLE["head"],)
    assert seen.holders("head", ("attic", "house")) == (PEOPLE["upper head"],)
    assert seen.holders("head") == ()


def test_while_some_are_off_contract_those_who_are_not_are_asked() -> None:
    role = appointed("clerk", "a clerk")
    nine = Appointment("a1", "ada", "clerk", "", nine_months=True, away=True)
    twelve = Appointment("a2", "ben", "clerk", "")
    both = replace(facts(), people=(nine, twelve))
    assert role.asked(both).people == ("ben",)
    assert role.asked(replace(both, people=(nine,))).people == ("ada",)
    at_work = replace(nine, away=False)
    assert role.asked(replace(both, people=(at_work, twelve))).people == ("ada", "ben")
