"""Where mails go that no server is set up for."""

import sys
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend


class PrintedMail(EmailBackend):
    """Prints mails to the log as they are read. As they are sent, a long line is cut, and with it the link to copy."""

    def __init__(self, **options: Any) -> None:
        super().__init__(stream=sys.stderr, **options)

    def write_message(self, message: EmailMessage) -> None:
        read = f"To: {', '.join(message.to)}\nSubject: {message.subject}\n\n{message.body}"
        self.stream.write(f"{'-' * 79}\n{read}\n{'-' * 79}\n")
