import uuid

from django.db import migrations

BATCH = 1000


def fill(apps, schema_editor):
    Player = apps.get_model("facts", "Player")
    last = 0
    while batch := list(Player.objects.filter(pk__gt=last).only("pk").order_by("pk")[:BATCH]):
        last = batch[-1].pk
        for player in batch:
            player.public_id = uuid.uuid4()
        Player.objects.bulk_update(batch, ["public_id"])
    # Members have chosen, by the box that was ticked when they signed up; guests were never asked.
    Player.objects.filter(is_guest=True).update(on_board=None)
    # What only the board of sums read.
    apps.get_model("facts", "Tally").objects.filter(period__in=("week", "month")).delete()


class Migration(migrations.Migration):
    dependencies = [("facts", "0010_standings")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
