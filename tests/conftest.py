"""What every test of this project has: pytest's plugin for testing plugins, and steady examples.

Hypothesis draws the same examples in every run, so that a red build is red for everybody. To look
for new ones: `pytest --hypothesis-profile=default --hypothesis-seed=N`.
"""

from hypothesis import settings

pytest_plugins = ["pytester"]

settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")
