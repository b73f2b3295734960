"""How a channel must make sure who it is, and what it must never show."""

import pytest

from bridge.ports import Channel, LoginProblem
from bridge.testing.channel_platform import NEVER, Platform, check_clean
from bridge.testing.fakes.faults import Mode


class AccountContract:
    """Who we are there, and secrets."""

    async def test_f03_the_account_must_be_the_configured_one(self, platform: Platform, channel: Channel) -> None:
        """A token of another account is refused, with both ids named; a channel without an account has none."""
        account = await channel.open()
        if not account.id:
            assert channel.limits.max_length == 0
            return
        assert account.id in account.own
        platform.fail(Mode.WRONG_ACCOUNT)
        other = platform.channel(backfill=NEVER)
        with pytest.raises(LoginProblem) as caught:
            await other.open()
        await other.close()
        check_clean(platform, caught.value)
        assert account.id in str(caught.value)

    async def test_f01_a_revoked_login_is_noticed_at_start(self, platform: Platform, channel: Channel) -> None:
        """Where there is one."""
        if not (await channel.open()).id:
            return
        platform.fail(Mode.REVOKED)
        with pytest.raises(LoginProblem) as caught:
            await channel.open()
        check_clean(platform, caught.value)

    async def test_ft24_a_channel_shows_no_secret(self, platform: Platform, channel: Channel) -> None:
        """However it is printed."""
        shown = f"{channel!r} {channel} {vars(channel)!r}"
        assert not any(secret in shown for secret in platform.secrets)
