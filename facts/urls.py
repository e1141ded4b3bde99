from django.urls import path

from facts.views import accounts, bank, errors, lab, play, progress

urlpatterns = [
    path("", play.home, name="home"),
    path("quiz/", play.start, name="start"),
    path("quiz/<int:quiz_id>/", play.quiz, name="quiz"),
    path("quiz/<int:quiz_id>/finish/", play.finish, name="finish"),
    path("quiz/<int:quiz_id>/again/", play.again, name="again"),
    path("quiz/<int:quiz_id>/<int:position>/", play.question, name="question"),
    path("facts/", bank.facts, name="facts"),
    path("facts/<slug:slug>/", bank.fact, name="fact"),
    path("history/", progress.history, name="history"),
    path("leaderboard/", progress.leaderboard, name="leaderboard"),
    path("lab/edge-storage/", lab.edge_storage, name="edge_storage"),
    path("lab/edge-storage/quiz/", lab.edge_quiz, name="edge_quiz"),
    path("accounts/", accounts.profile, name="profile"),
    path("accounts/delete/", accounts.delete_account, name="delete_account"),
    path("accounts/guest/", accounts.guest_quizzes, name="guest_quizzes"),
    path("healthz", errors.healthz, name="healthz"),
]
