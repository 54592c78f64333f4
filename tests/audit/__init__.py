"""What ships with perennial: its licences, known flaws and bill of materials. `python -m tests.audit --out DIR`."""
