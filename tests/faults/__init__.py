"""A harness of faults: nights that are killed, starved, spoilt or locked out, and what the next run makes of it."""
