"""What every store must keep to, as one suite that its test class inherits whole."""

import pytest

from bridge.ports import Store
from bridge.testing.store_asking import AskingContract, DurabilityContract
from bridge.testing.store_claiming import ClaimingContract
from bridge.testing.store_deciding import DecidingContract


class StoreContract(DecidingContract, ClaimingContract, AskingContract):
    """Inherit it, and give the fixture `store`: an empty store, whose own clock shows a time after making.NOW."""

    @pytest.fixture
    def store(self) -> Store:
        """The store under test."""
        raise NotImplementedError


class DurableStoreContract(StoreContract, DurabilityContract):
    """Inherit this one where the store outlives its process; `reopen` closes it and opens it again."""
