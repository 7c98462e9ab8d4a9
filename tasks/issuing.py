"""The handlers of a process that holds the issuer's key: signing awards and assembling stacks."""

from collections.abc import Mapping

from credentials.facts import Issuer
from credentials.keys import Signer
from workflow.assembler import assemble
from workflow.engine import Engine
from workflow.follow import Handler
from workflow.issuing import sign_award
from workflow.outbox import FollowOn


def handlers(*, issuer: Issuer, signer: Signer, base_url: str) -> Mapping[str, Handler]:
    """What `Context.handlers` takes: each task besides "perform", and how it is carried out."""

    def sign(engine: Engine, follow_on: FollowOn) -> tuple[str, ...]:
        done = sign_award(
            engine, follow_on.target or "", issuer=issuer, signer=signer, base_url=base_url
        )
        return (done.case,)

    return {"sign": sign, "assemble": assemble}
