"""The pages as a WSGI application: `granian --interface wsgi conferral.wsgi:app`."""

from conferral.process import web_context
from web.app import create_app

app = create_app(web_context())
