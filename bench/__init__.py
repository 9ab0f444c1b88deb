"""How fast, beside others in the same run: `python -m bench.run --help`. Never part of the tests."""
