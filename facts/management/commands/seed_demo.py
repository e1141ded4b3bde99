import secrets
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from facts.management.progress import ProgressLine
from facts.services.demo import DEMO_EMAIL, LEAST_DAYS, MOST_DAYS, MOST_OTHERS, DemoRefused, make_demo


class Command(BaseCommand):
    help = (
        "For trying Examprep out: make a demo member with months of practice made up on the bank, and others for the "
        "leaderboard. Run again, it replaces those that it made; it touches nobody else. Not for a site that others "
        "use: the made-up members stand among the real ones, and rate the questions."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=120, help="that the past goes back (default: 120)")
        parser.add_argument("--seed", type=int, default=1, help="another one makes another past (default: 1)")
        parser.add_argument("--others", type=int, default=12, help="members besides (default: 12)")
        parser.add_argument("--password", help=f"of {DEMO_EMAIL} (default: one is made and printed)")

    def handle(self, *, days: int, seed: int, others: int, password: str | None, **options: Any) -> None:
        if not LEAST_DAYS <= days <= MOST_DAYS:
            raise CommandError(f"--days must be {LEAST_DAYS} to {MOST_DAYS}, not {days}.")
        if not 0 <= others <= MOST_OTHERS:
            raise CommandError(f"--others must be 0 to {MOST_OTHERS}, not {others}.")
        if password is not None:
            try:
                validate_password(password)
            except ValidationError as error:
                raise CommandError(f"--password: {' '.join(error.messages)}") from error
        elif not self.stdout.isatty():
            raise CommandError("A password is made and printed on a terminal only. Here give one: --password")
        made = None if password else secrets.token_urlsafe(9)
        line = ProgressLine(self.stdout, "Making members")
        try:
            demo = make_demo(
                now=timezone.now(),
                days=days,
                seed=seed,
                others=others,
                password=password or made or "",
                progress=line,
            )
        except DemoRefused as refused:
            raise CommandError(str(refused)) from refused
        finally:
            line.close()
        self.stdout.write(f"{DEMO_EMAIL}: {demo.answers:,} answers in {demo.quizzes:,} quizzes over {days:,} days.")
        if others:
            self.stdout.write(f"Others: {others:,}, with {demo.answers_of_others:,} answers.")
        self.stdout.write(f"Sign in at /accounts/login/ with {f'the password {made}' if made else 'that password'}")
