"""The way into an IMAP server: connected by TLS and logged in, with a fresh token where the last one ended early."""

from bridge.access.entrance import Entrance
from bridge.access.oauth import Tokens
from bridge.access.tls import tls_context
from bridge.inboxes._session import Patience, Session
from bridge.ports import LoginProblem


class Door:
    """Opens sessions; raises LoginProblem where the account is refused, else TemporaryProblem."""

    def __init__(self, entrance: Entrance, port: int, *, tokens: Tokens | None, patience: Patience) -> None:
        self._entrance = entrance
        self._where = (entrance.host, port)
        self._tokens = tokens
        self._patience = patience
        self._context = tls_context(entrance.ca_file)

    async def open(self) -> Session:
        """A session that is logged in, with no mailbox open yet."""
        if not self._tokens:
            return await self._by_password()
        try:
            return await self._by_token(await self._tokens.token())
        except LoginProblem:
            self._tokens.spoil()
            return await self._by_token(await self._tokens.token())

    async def _by_password(self) -> Session:
        session = await Session.open(self._where, self._context, patience=self._patience)
        password = self._entrance.password
        await session.log_in(self._entrance.user, password.reveal() if password else "")
        return session

    async def _by_token(self, token: str) -> Session:
        session = await Session.open(self._where, self._context, patience=self._patience)
        await session.log_in_by_token(self._entrance.user, token)
        return session
