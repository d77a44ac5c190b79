"""How fast records become tallies, and in how much memory: `python -m bench.ingest`."""
