"""What every test of this project has: pytest's own plugin for testing plugins."""

pytest_plugins = ["pytester"]
