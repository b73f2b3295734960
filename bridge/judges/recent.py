"""A memory of bounded size that forgets what nobody has asked for lately."""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Two generations: when the younger one is full the older one is dropped; what is asked for grows young again."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}
        self.get = self._young.get
        """The value, or None; only the younger generation, since this is asked for every word."""

    def aged(self, key: K) -> V | None:
        """The value from the older generation, made young; None where it is in neither."""
        value = self._old.get(key)
        return None if value is None else self.keep(key, value)

    def keep(self, key: K, value: V) -> V:
        """Remember it."""
        if len(self._young) >= self._size:
            self._old, self._young = self._young, {}
            self.get = self._young.get
        self._young[key] = value
        return value
