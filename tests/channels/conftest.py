"""Failures of the shipped contract suite show what was compared."""

import pytest

pytest.register_assert_rewrite(
    "bridge.testing.channel_account",
    "bridge.testing.channel_platform",
    "bridge.testing.channel_reading",
    "bridge.testing.channel_saying",
)
