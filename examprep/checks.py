"""System checks that say what to set before Examprep may serve anybody else than this machine."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

TAG = "examprep"


@register(TAG)
def check_served_hosts(**kwargs: Any) -> list[CheckMessage]:
    if settings.IS_LOCAL:
        return []
    found: list[CheckMessage] = []
    if settings.SECRET_KEY_IS_MISSING:
        found.append(
            Error(
                "Examprep is to serve other hosts than localhost, but SECRET_KEY is not set.",
                hint="Set SECRET_KEY to 50 or more random characters and keep it: "
                "python -c 'import secrets; print(secrets.token_urlsafe(50))'",
                id="examprep.E001",
            )
        )
    if set(settings.ALLOWED_HOSTS) <= set(settings.LOCAL_HOSTS):
        found.append(
            Error(
                f"Examprep is to listen on {settings.HOST}, but ALLOWED_HOSTS names no other host than localhost.",
                hint="Set ALLOWED_HOSTS to the names under which players reach it, separated by commas.",
                id="examprep.E002",
            )
        )
    if not settings.EMAIL_IS_CONFIGURED:
        found.append(
            Warning(
                "EMAIL_URL is not set: mails that reset a password are printed to the log and reach nobody.",
                hint="Set EMAIL_URL, for example smtp+tls://user:password@mail.example.org:587",
                id="examprep.W001",
            )
        )
    return found
