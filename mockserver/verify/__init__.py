"""Contract verification of any server and of recorded traffic."""
