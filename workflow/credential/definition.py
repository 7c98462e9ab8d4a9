"""The credential, as a table to read beside policy 380.104."""

from workflow.checks import checked
from workflow.clocks import of as clock_of
from workflow.correction import correcting
from workflow.credential import corrections, forms, rows
from workflow.credential import rules as r
from workflow.credential.facts import CredentialFacts
from workflow.credential.roles import UNIT_HEAD
from workflow.definition import Definition, Row, State
from workflow.roles import ASA_DIRECTOR, ASA_OFFICER, REGISTRAR, SYSTEM_ROLE

# fmt: off
ACTIVE = State("active", "in force", step="In force",
    rests="Nothing is due on it yet: the yearly review begins with the reviews' own rows.",
    stays="It is in force until it is suspended or retired, which have their own rows.")

ROWS = (
    # ---- "Micro-credentials will be awarded centrally to ensure quality assurance."
    Row("put_in_force", (), ACTIVE, SYSTEM_ROLE, "Statement, opening 3", "Put in force",
        r.proposal_issued & r.not_in_force & r.of_a_known_form & r.rigor_agreed & r.coded & r.constituents_in_force,
        forms.PutInForce, (rows.PUT_IN_FORCE,), "It stands in the catalogue and learners can claim it.",
        pins_edition=True),
    # ---- practice: what was recorded wrongly
    *correcting((ACTIVE,), corrections.THINGS, clock=clock_of("credential", "correction", ASA_DIRECTOR),
        told=(UNIT_HEAD, REGISTRAR, ASA_OFFICER)),
)

CREDENTIAL = checked(Definition("credential", version=1, prefix="CR", initial=ACTIVE, noun="credential",
    facts=CredentialFacts, states=(ACTIVE,), rows=ROWS))
# fmt: on
