from django.db import migrations

from facts.questions.shelf_life import review_day

BATCH = 500


def keep_first_versions(apps, schema_editor):
    """The facts as they are become their first versions, so that later changes have something to be compared with."""
    Fact, FactVersion = apps.get_model("facts", "Fact"), apps.get_model("facts", "FactVersion")
    facts = list(Fact.objects.prefetch_related("other_services", "false_statements", "blanks", "scenarios"))
    for fact in facts:
        fact.review_by = review_day(fact.statement, fact.checked_on) if fact.checked_on else None
    Fact.objects.bulk_update(facts, ["review_by"], batch_size=BATCH)
    kept = [field.attname for field in FactVersion._meta.fields if hasattr(Fact, field.attname)]
    FactVersion.objects.bulk_create(
        (
            FactVersion(
                **{name: getattr(fact, name) for name in kept},
                parts={
                    "other_services": sorted(service.slug for service in fact.other_services.all()),
                    "false_statements": [{"text": row.text, "why": row.why} for row in fact.false_statements.all()],
                    "blanks": [
                        {"answer": row.answer, "distractors": row.distractors} for row in fact.blanks.all()
                    ],
                    "scenarios": [
                        {
                            "stem": row.stem,
                            "answer": row.answer,
                            "answer_why": row.answer_why,
                            "distractors": row.distractors,
                        }
                        for row in fact.scenarios.all()
                    ],
                },
                history_date=fact.updated_at,
                history_type="+",
                history_change_reason="as it was when changes began to be kept",
            )
            for fact in facts
        ),
        batch_size=BATCH,
    )


class Migration(migrations.Migration):
    dependencies = [("facts", "0004_fact_history")]
    operations = [migrations.RunPython(keep_first_versions, migrations.RunPython.noop)]
