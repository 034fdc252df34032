"""The one exception this package raises on purpose."""


class SpiqError(Exception):
    """Something the caller can act on, said in one sentence."""
