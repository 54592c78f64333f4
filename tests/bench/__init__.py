"""What the program costs: benchmarks that print and assert nothing. `make bench` runs them all."""
