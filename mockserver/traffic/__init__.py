"""Traffic: recordings read and judged, written by the recorder, made into fixtures; the HTTP client."""
