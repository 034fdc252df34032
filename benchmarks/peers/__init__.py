"""The contestants of benchmarks/peers.py and the networks they run."""
