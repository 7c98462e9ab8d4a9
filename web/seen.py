"""The case a page is about, if the visitor may see it."""

from flask import abort

from web.guard import context
from web.who import person
from workflow.queries.page import CasePage, case_page
from workflow.queries.people import Person


def seen(case: str) -> tuple[CasePage, Person]:
    """The page of a case and the visitor; 404 for one that is not there or not for them."""
    engine = context().engine
    with engine.connect() as connection:
        me = person(connection)
    page = case_page(engine, case, me)
    if page is None:
        abort(404)
    return page, me
