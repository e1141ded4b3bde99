import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('facts', '0002_memory_rating_and_exams'),
    ]

    operations = [
        migrations.CreateModel(
            name='QuestionStatistics',
            fields=[
                ('question', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='statistics', serialize=False, to='facts.question')),
                ('asked', models.PositiveIntegerField(default=0)),
                ('first_answered', models.PositiveIntegerField(default=0)),
                ('first_right', models.PositiveIntegerField(default=0)),
                ('rest', models.BigIntegerField(default=0)),
                ('rest_squared', models.BigIntegerField(default=0)),
                ('rest_right', models.BigIntegerField(default=0)),
                ('times', models.JSONField(default=dict)),
                ('chosen', models.JSONField(default=dict)),
                ('facility', models.FloatField(null=True)),
                ('discrimination', models.FloatField(null=True)),
                ('median_seconds', models.FloatField(null=True)),
                ('flags', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'verbose_name_plural': 'question statistics',
            },
        ),
        migrations.CreateModel(
            name='PilotVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('pilot', 'Pilot'), ('live', 'Live'), ('review', 'In review'), ('retired', 'Retired')], max_length=8)),
                ('reason', models.CharField(max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pilot_verdicts', to='facts.question')),
            ],
            options={
                'ordering': ('-created_at', '-pk'),
            },
        ),
        migrations.AddField(
            model_name='quiz',
            name='is_counted',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='quizquestion',
            name='is_counted',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name='quiz',
            index=models.Index(condition=models.Q(('finished_at__isnull', False), ('is_counted', False)), fields=['player'], name='quiz_to_count'),
        ),
    ]
