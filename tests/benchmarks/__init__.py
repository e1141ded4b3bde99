"""Measurements, run by hand on a quiet machine; none of them is a test.

``python -m tests.benchmarks.answer``    an answer over HTTP beside the least that Django can do
``python -m tests.benchmarks.generate``  making questions, from the shipped bank to 10,000 facts
``python -m tests.benchmarks.growth``    queries and times of pages, with little and with much in the database
``python -m tests.benchmarks.load``      loading 10,000 facts with their questions, and again
``python -m tests.benchmarks.peers``     a step of a player in Examprep, in Anki and in Kolibri
``python -m tests.benchmarks.weight``    bytes over the wire of the first page and of later ones

Each works in a temporary folder with a database of its own, serves on 127.0.0.1 only, and prints Markdown tables.
"""
