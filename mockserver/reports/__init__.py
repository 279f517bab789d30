"""What a run says: to people, to CI services, as one HTML page."""
