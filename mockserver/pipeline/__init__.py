"""A request and a state to an outcome: `pipeline` is the page to read, `frame` what runs it."""
