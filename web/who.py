"""The visitor as the queries know them."""

from psycopg import Connection

from web.guard import SignedOutError, context, visitor
from workflow.queries import people
from workflow.queries.people import Person


def person(connection: Connection[tuple[object, ...]]) -> Person:
    """The visitor with what they hold now."""
    found = people.person(connection, visitor().person, context().engine.clock.now())
    if found is None:
        raise SignedOutError
    return found
