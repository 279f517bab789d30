"""The control plane under `/_mock/`: make, reset, seed, look at and disturb a world."""
