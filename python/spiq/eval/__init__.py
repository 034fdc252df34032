"""Measures compiled libraries against their float twin on real images."""
