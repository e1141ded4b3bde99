import pytest

from facts.questions.verbs import ALSO_NOUNS, BASE_ALSO_NOUNS, BASES, PARTICIPLES, THIRD_PERSON


@pytest.mark.parametrize(
    ("base", "third_person"),
    [
        ("store", "stores"),
        ("process", "processes"),
        ("push", "pushes"),
        ("attach", "attaches"),
        ("fix", "fixes"),
        ("copy", "copies"),
        ("deploy", "deploys"),
        ("go", "goes"),
        ("sync", "syncs"),
        ("cache", "caches"),
    ],
)
def testthird_person_spelling(base, third_person):
    assert THIRD_PERSON[third_person] == base


@pytest.mark.parametrize(
    "participle",
    [
        *("stored", "copied", "deployed", "synced", "fixed", "queued", "zipped", "tagged", "stopped", "required"),
        *("committed", "embedded", "permitted", "transferred", "controlled", "formatted", "deferred", "delivered"),
        *("canceled", "cancelled", "labeled", "labelled", "overlapped", "limited", "developed", "monitored"),
        *("sent", "written", "kept", "built", "run", "read", "set", "split", "held", "bound", "overlaid", "overridden"),
    ],
)
def test_participles_spelling(participle):
    assert participle in PARTICIPLES


@pytest.mark.parametrize("wrong", ["sended", "writed", "stoped", "deliverred", "limitted", "copyed", "wrote", "payed"])
def test_participles_have_no_misspelling(wrong):
    assert wrong not in PARTICIPLES


def test_bases_closed_list_of_plain_words():
    assert 700 <= len(BASES) <= 1000
    assert all(base.isascii() and base.isalpha() and base.islower() for base in BASES)


def test_bases_no_auxiliaries():
    assert BASES.isdisjoint(
        ["be", "have", "do", "can", "could", "will", "would", "shall", "should", "may", "might", "must", "ought"]
    )
    assert THIRD_PERSON.keys().isdisjoint(["is", "has", "does"])


def test_third_person_one_form_for_each_base():
    assert sorted(THIRD_PERSON.values()) == sorted(BASES)


def test_also_nouns_all_third_person():
    assert ALSO_NOUNS.issubset(THIRD_PERSON)


def test_base_also_nouns_all_bases():
    assert BASE_ALSO_NOUNS.issubset(BASES)


@pytest.mark.parametrize("noun", ["checks", "runs", "stores", "hosts", "queries", "logs", "keys", "caches", "scales"])
def test_also_nouns_doubtful_form(noun):
    assert noun in ALSO_NOUNS
    assert THIRD_PERSON[noun] in BASE_ALSO_NOUNS


@pytest.mark.parametrize("verb", ["encrypts", "provides", "allows", "requires", "supports", "replicates", "retains"])
def test_also_nouns_clear_verb(verb):
    assert verb not in ALSO_NOUNS
