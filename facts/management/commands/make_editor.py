import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from facts.models import Player
from facts.services.editors import make_editor


class Command(BaseCommand):
    help = (
        "Give a player the rights of an editor, who mends facts in the admin; makes the account if there is none. "
        "With --reviewer the right to judge questions only, with --owner also the right to manage players. "
        "A new account's password is asked for, or read from a pipe."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        rights = parser.add_mutually_exclusive_group()
        rights.add_argument("--owner", action="store_true", help="all rights, not just an editor's")
        rights.add_argument("--reviewer", action="store_true", help="judge questions, write no facts")

    def handle(self, *, email: str, owner: bool, reviewer: bool, **options: Any) -> None:
        try:
            validate_email(email)
            player, is_new = make_editor(
                email=email, is_owner=owner, is_reviewer=reviewer, read_password=self.read_password
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        what = "an owner" if owner else "a reviewer" if reviewer else "an editor"
        self.stdout.write(
            f"{player.email} is {what} now{' (new account)' if is_new else ''}. Sign in at /accounts/login/"
        )

        if not player.is_active:
            self.stdout.write("The account is inactive, though: it cannot sign in until an owner activates it.")

    def read_password(self, player: Player) -> str:
        if sys.stdin.isatty():
            password = getpass.getpass("Password for the new account: ")
            if password != getpass.getpass("Once more: "):
                raise CommandError("The two passwords differ. Nothing was changed.")
        else:
            password = sys.stdin.readline().rstrip("\n")
        validate_password(password, player)
        return password
