"""The workers' application, for `celery --app conferral.celery_app beat` and other Celery tools.

`conferral worker` runs it with the options that production needs.
"""

from conferral.errors import BadSettings
from conferral.process import settings_here, task_context
from tasks.app import make_celery

_broker = settings_here().redis_url
if _broker is None:
    raise BadSettings("REDIS_URL is not set. A worker needs a broker; `conferral relay` does not.")

app = make_celery(_broker, task_context)
