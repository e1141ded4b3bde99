import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facts", "0011_public_ids_and_choices")]

    operations = [
        migrations.AlterField(
            model_name="player",
            name="public_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
