"""What a check finds missing in a document, before an edition gives it its clause and example."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from policies.document import ProposalDocument


class Finding(NamedTuple):
    """One thing that is missing: a whole sentence, and the path of the field that would mend it."""

    says: str
    field: str


#: A check yields what is missing; nothing yielded means that its rule is met.
Check = Callable[[ProposalDocument], Iterator[Finding]]
