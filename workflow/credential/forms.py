"""What the issuing of a proposal says about the credential it puts in force."""

from datetime import date

from pydantic import Field

from workflow.forms import Form, Line


class PutInForce(Form):
    """The proposal that was issued; everything else is read from its record."""

    proposal: Line = Field(title="Proposal", description="The case that was issued, such as MC-12.")
    effective_on: date = Field(title="In force from")
