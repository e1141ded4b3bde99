"""What a WSGI server loads. It refuses to start with settings that are unsafe where it is to serve."""

import os

from django.core.checks import Error, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examprep.settings")
application = get_wsgi_application()

from examprep.checks import TAG  # noqa: E402  (needs the settings)

if errors := [message for message in run_checks(tags=[TAG]) if isinstance(message, Error)]:
    raise ImproperlyConfigured("\n".join(f"{error.msg} {error.hint}" for error in errors))
