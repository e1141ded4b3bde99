"""The floor under an answer: a Django view that reads one indexed row and inserts one, and nothing else.

Without a choice in the path it only reads: the floor under showing a question.

No middleware, no session, no template. The database has the engine, options and PRAGMAs of Examprep's own. The whole
application is this module; run as a program it makes the database in the benchmark's folder.
"""

import os
from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from examprep.settings import DATABASES

IS_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
DATABASE = str(Path(os.environ["BENCHMARK_FOLDER"]) / "floor.sqlite3") if IS_SQLITE else "floor"
QUESTIONS = 2000

settings.configure(
    ROOT_URLCONF="tests.benchmarks.floor",
    DATABASES={"default": DATABASES["default"] | {"NAME": DATABASE}},
    ALLOWED_HOSTS=["127.0.0.1"],
    USE_TZ=True,
)
django.setup()


class Question(models.Model):
    slug = models.SlugField(unique=True)
    key = models.IntegerField()

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return self.slug


class Answer(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE)
    is_right = models.BooleanField()
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return f"{self.question_id}: {self.is_right}"


def answer(request: HttpRequest, slug: str, choice: int) -> HttpResponse:
    question = Question.objects.get(slug=slug)
    given = Answer.objects.create(question=question, is_right=question.key == choice)
    verdict = b"right" if given.is_right else b"wrong"
    return _respond(verdict)


def show(request: HttpRequest, slug: str) -> HttpResponse:
    return _respond(Question.objects.get(slug=slug).slug.encode())


def _respond(body: bytes) -> HttpResponse:
    return HttpResponse(body, headers={"Content-Length": len(body)})  # else granian sends it in chunks


urlpatterns = [path("<slug:slug>/<int:choice>/", answer), path("<slug:slug>/", show)]
application = get_wsgi_application()


def make_database() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Question)
        editor.create_model(Answer)
    Question.objects.bulk_create(Question(slug=f"question-{number}", key=number % 4) for number in range(QUESTIONS))


if __name__ == "__main__":
    make_database()
