"""Players: members with an account, and guests, who are rows of the same kind."""

from __future__ import annotations

import re
import unicodedata
import uuid
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models

# Letters and digits that pass for one another, told apart in no name. From Unicode's list of confusables, the part
# that matters for names in Latin script.
_LOOK_ALIKES = str.maketrans(
    {
        **dict.fromkeys("1l|!ıі", "i"),
        **dict.fromkeys("0оο", "o"),
        **dict.fromkeys("аα", "a"),
        **dict.fromkeys("еε", "e"),
        **dict.fromkeys("5ѕ$", "s"),
        **{"с": "c", "р": "p", "ρ": "p", "х": "x", "у": "y", "к": "k", "м": "m", "т": "t", "в": "b", "н": "h"},
    }
)
MIN_NAME, MAX_NAME = 3, 30


def name_key(name: str) -> str:
    """What two display names have in common when a reader could take one for the other."""
    decomposed = unicodedata.normalize("NFKD", name)
    letters = "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()
    key = re.sub(r"[\W_]+", "", letters.translate(_LOOK_ALIKES)).replace("rn", "m").replace("vv", "w")
    return key.translate(_LOOK_ALIKES)


def validate_display_name(name: str) -> None:
    """Raise ValidationError unless the name can be shown to others as it is."""
    validate_shown_name(name, MAX_NAME)


def validate_shown_name(name: str, longest: int) -> None:
    """Raise ValidationError unless the name, of a player or of what players make, can be shown to others."""
    if not MIN_NAME <= len(name) <= longest:
        raise ValidationError(f"A name has {MIN_NAME} to {longest} characters; this one has {len(name)}.")
    if "@" in name:
        raise ValidationError("A name is shown to others, so it must not be an e-mail address.")
    if any(unicodedata.category(character)[0] == "C" for character in name) or len(name_key(name)) < MIN_NAME:
        raise ValidationError(f"A name needs {MIN_NAME} letters or digits that others can see.")
    if name_key(name).startswith(tuple(map(name_key, ("examprep", "admin", "moderator")))):
        raise ValidationError("That name could be taken for the people who run Examprep. Choose another one.")


class Player(AbstractUser):
    """Whoever takes a quiz. A guest becomes a member by signing up, as the same row."""

    email = models.EmailField("e-mail address", blank=True)
    display_name = models.CharField(
        max_length=MAX_NAME, blank=True, validators=[validate_display_name], help_text="Shown to others."
    )
    name_key = models.CharField(max_length=MAX_NAME * 4, null=True, unique=True, editable=False)  # noqa: DJ001
    is_guest = models.BooleanField(default=False, db_index=True)
    on_board = models.BooleanField(
        "shown on the leaderboard", null=True, blank=True, default=None
    )  # null: not asked yet
    # The address of the page that others see; tells nothing of the player, not even how many there are.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # How far the player's answers are folded into progress, and by which edition of the fold.
    folded_until = models.DateTimeField(null=True, editable=False)
    fold_version = models.PositiveSmallIntegerField(default=0, editable=False)
    has_news = models.BooleanField(default=False, editable=False)  # answers were scored anew, and it was not told yet

    class Meta:
        verbose_name = "player"

    def __str__(self) -> str:
        return public_name(self)

    @property
    def takes_part(self) -> bool:
        """May others see this player on the leaderboard? Members who said so."""
        return bool(self.on_board) and self.is_active and not self.is_guest

    def get_short_name(self) -> str:
        """How the admin greets the player, and editors see one another; nobody else sees it."""
        return self.display_name or self.email

    def clean(self) -> None:
        super().clean()
        if self.display_name:
            try:
                refuse_taken_name(self.display_name, self)
            except ValidationError as error:
                raise ValidationError({"display_name": error.messages}) from error
        if self.email and Player.objects.filter(email=self.email.lower()).exclude(pk=self.pk).exists():
            raise ValidationError({"email": "Another player has this address."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()  # the form in which sign-in looks for it
        # NULL, unlike an empty text, may stand in a unique column many times: guests have no name.
        self.name_key = name_key(self.display_name) or None
        if (fields := kwargs.get("update_fields")) is not None and "display_name" in fields:
            kwargs["update_fields"] = {*fields, "name_key"}
        super().save(*args, **kwargs)


def refuse_taken_name(name: str, own: Player | None = None) -> str:
    """The name, unless another player's looks like it. Raises ValidationError."""
    others = Player.objects.filter(name_key=name_key(name))
    other = others.exclude(pk=own.pk).first() if own else others.first()
    if other:
        raise ValidationError(f"The name is taken, or too much like “{public_name(other)}”. Choose another one.")
    return name


def public_name(player: Player) -> str:
    """How others see a player; never the e-mail address."""
    if player.is_guest:
        return "Guest"
    return player.display_name or f"Player {player.pk}"
