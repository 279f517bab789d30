"""Contract verification: of any server by playing the documented life, and of recorded traffic.

Names no resource type: what is played and what must hold comes from the kinds, which the command
line hands in. Knows HTTP as a client (urllib3) and no server.
"""
