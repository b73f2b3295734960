"""A queue that is a mailbox behind an SMTP server: an ACD's mail queue, a ticket system, a shared mailbox."""

import ssl
from collections.abc import Callable
from datetime import timedelta
from typing import Literal, Self

import aiosmtplib
from pydantic import Field, model_validator

from bridge.access.entrance import Entrance, is_this_machine
from bridge.access.keepalive import keep_alive
from bridge.access.oauth import Tokens
from bridge.access.tls import tls_context, tls_trouble
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.desks._answers import line_refused, login_refused
from bridge.desks._line import Line, Patience
from bridge.desks._paper import Paper, sealer
from bridge.desks._pool import Pool
from bridge.desks._talk import taken_over
from bridge.ports import Fittings, LoginProblem, TemporaryProblem
from bridge.stanza import Duration

Tls = Literal["implicit", "starttls", "none"]


class Settings(Paper, Entrance):
    """A desk whose proxies go out by SMTP."""

    port: int = Field(default=465, ge=1, le=65535, description="465 for implicit TLS, 587 for STARTTLS.")
    tls: Tls = Field(default="implicit", description="implicit, starttls (then required), or none.")
    i_accept_plain_text: bool = Field(
        default=False, description="Allow tls none beyond this machine: mails go readable."
    )
    connections: int = Field(default=5, ge=1, le=50, description="How many connections are open at once, at most.")
    idle: Duration = Field(default=timedelta(seconds=60), description="A connection that rests longer is closed.")

    @model_validator(mode="after")
    def _is_not_read_by_others(self) -> Self:
        if self.tls == "none" and not (self.i_accept_plain_text or is_this_machine(self.host)):
            raise ValueError(
                'tls = "none" is for this machine only: use "implicit" or "starttls", or set i_accept_plain_text'
            )
        return self


class SmtpDesk:
    """Hands over stored bytes, one recipient at a time, over a few lasting connections."""

    def __init__(self, name: str, pool: Pool, *, seal: Callable[[Proxy | Notice], Sealed]) -> None:
        self.name = name
        self._pool = pool
        self._seal = seal

    def seal(self, message: Proxy | Notice) -> Sealed:
        """The message as a mail for this queue."""
        return self._seal(message)

    async def inject(self, sealed: Sealed) -> None:
        """Hand over a proxy; see `Line.send` and `Dialer.call` for the problems."""
        async with self._pool.line() as line:
            await line.send(sealed)

    async def tell(self, sealed: Sealed) -> None:
        """Hand over a notice: the same, its envelope being sealed with it."""
        await self.inject(sealed)

    async def close(self) -> None:
        """Take leave of the server; the next mail would connect anew."""
        await self._pool.close()


class Dialer:
    """Opens lines to one server: connected, secured and logged in."""

    def __init__(self, settings: Settings, *, tokens: Tokens | None, hello: str, patience: Patience) -> None:
        self._settings = settings
        self._tokens = tokens
        self._hello = hello
        self._patience = patience
        self._context = None if settings.tls == "none" else tls_context(settings.ca_file)

    async def call(self) -> Line:
        """A line; raises LoginProblem where the account is refused, else TemporaryProblem: nothing was sent yet."""
        client = self._client()
        try:
            await client.connect()
            await client.ehlo()
            await self._secure(client)
            await self._log_in(client)
        except BaseException as error:
            client.close()
            if problem := self._problem(error):
                raise problem from error
            raise
        assert client.transport
        keep_alive(client.transport)
        return Line(taken_over(client.transport), client.esmtp_extensions, self._patience)

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.tls == "implicit",
            start_tls=False,
            tls_context=self._context,
            local_hostname=self._hello,
            timeout=self._patience.connect,
        )

    async def _secure(self, client: aiosmtplib.SMTP) -> None:
        """STARTTLS where it is asked for; a server, or somebody between, that does not offer it gets nothing from us."""
        if self._settings.tls != "starttls":
            return
        if not client.supports_extension("starttls"):
            raise TemporaryProblem(
                f"{self._settings.host}:{self._settings.port} offers no STARTTLS, which tls asks for"
            )
        await client.starttls()
        await client.ehlo()

    async def _log_in(self, client: aiosmtplib.SMTP) -> None:
        settings = self._settings
        if self._tokens:
            await self._show_token(client, self._tokens)
        elif settings.password:
            offered = client.server_auth_methods
            if not {"plain", "login"} & set(offered):
                raise LoginProblem("the mail server offers neither PLAIN nor LOGIN; check port and tls")
            log_in = client.auth_plain if "plain" in offered else client.auth_login
            await log_in(settings.user, settings.password.reveal())

    async def _show_token(self, client: aiosmtplib.SMTP, tokens: Tokens) -> None:
        """Log in with a token, and once more with a fresh one where the provider ended it early."""
        try:
            await client.auth_xoauth2(self._settings.user, await tokens.token())
        except aiosmtplib.SMTPAuthenticationError:
            tokens.spoil()
            await client.auth_xoauth2(self._settings.user, await tokens.token())

    def _problem(self, error: BaseException) -> Exception | None:
        """The error in the words of the ports; None where it is one of theirs already, or a cancellation."""
        where = f"{self._settings.host}:{self._settings.port}"
        cause = error.__cause__
        if isinstance(error, aiosmtplib.SMTPAuthenticationError):
            return login_refused(error.code, error.message)
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return line_refused(error.code, error.message)
        if tls := next((each for each in (error, cause) if isinstance(each, ssl.SSLError)), None):
            return TemporaryProblem(f"{where} cannot be used: {tls_trouble(tls)}")
        if isinstance(error, aiosmtplib.SMTPException | OSError):
            return TemporaryProblem(f"{where} cannot be reached: {type(cause or error).__name__}")
        return None


def build(name: str, settings: Settings, fittings: Fittings) -> SmtpDesk:
    """The desk that a stanza asks for."""
    dialer = Dialer(settings, tokens=settings.tokens(fittings), hello=fittings.reply_domain, patience=Patience())
    pool = Pool(dialer.call, size=settings.connections, idle=settings.idle.total_seconds())
    return SmtpDesk(name, pool, seal=sealer(name, settings, fittings))
