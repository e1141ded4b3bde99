from hypothesis import settings

# The same examples on every run and machine: a test fails because the code changed, never by luck.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
