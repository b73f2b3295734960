"""Proxies built and sent over five connections to Postfix's `smtp-sink`, beside smtplib in five threads that only sends.

Ours lays out both parts of each proxy, signs its addresses and reads it back, and then hands it over by the desk; the peer gets finished mails.
"""

import asyncio
import smtplib
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from compose import ENGLISH, rendered
from surroundings import Sink, sink
from telling import tell

from bridge.core.proxies import Proxy, Sealed
from bridge.desks import smtp
from bridge.testing.fittings import MovableClock, fittings

ROUNDS = 5
MAILS = 2_000
CONNECTIONS = 5
SENDERS = 20
"""Effects that the courier performs at once."""

Results = dict[str, dict[str, float]]


def desk(port: int) -> smtp.SmtpDesk:
    """As an operator would set it up for a mail server on the same machine."""
    given: dict[str, Any] = {"to": "queue@acme.test", "host": "127.0.0.1", "port": port, "tls": "none"}
    settings = smtp.Settings.model_validate(given | {"connections": CONNECTIONS})
    return smtp.build("support", settings, fittings(MovableClock()))


async def ours(desk: smtp.SmtpDesk, proxies: list[Proxy]) -> None:
    """Build and send them all."""
    left = iter(proxies)

    async def send() -> None:
        for proxy in left:
            await desk.inject(desk.seal(proxy))

    await asyncio.gather(*(send() for _ in range(SENDERS)))


async def only_sent(desk: smtp.SmtpDesk, mails: list[Sealed]) -> None:
    """Send them all."""
    left = iter(mails)

    async def send() -> None:
        for mail in left:
            await desk.inject(mail)

    await asyncio.gather(*(send() for _ in range(SENDERS)))


def theirs(port: int, mails: list[Sealed]) -> None:
    """Send them all by the standard library."""

    def work(part: list[Sealed]) -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="bridge.test") as server:
            for mail in part:
                server.sendmail(mail.sender, list(mail.recipients), mail.content)

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(work, (mails[number::CONNECTIONS] for number in range(CONNECTIONS))))


class Watch:
    """Rates by the clock and CPU of this process, by name."""

    def __init__(self, mails: Sink) -> None:
        self._mails = mails
        self._rates: dict[str, list[float]] = {}
        self._costs: dict[str, list[float]] = {}
        self._sent = 0

    def begin(self) -> tuple[float, float]:
        """Before a round."""
        return time.perf_counter(), time.process_time()

    def end(self, name: str, begun: tuple[float, float]) -> None:
        """After it: every mail was taken."""
        self._rates.setdefault(name, []).append(MAILS / (time.perf_counter() - begun[0]))
        self._costs.setdefault(name, []).append((time.process_time() - begun[1]) / MAILS * 1e6)
        self._sent += MAILS
        assert self._mails.look() == self._sent, "a mail is missing or came twice"

    def results(self) -> Results:
        """Medians."""
        return {
            name: {
                "mails_per_second": statistics.median(rates),
                "cpu_microseconds_per_mail": statistics.median(self._costs[name]),
            }
            for name, rates in self._rates.items()
        }


async def measured() -> Results:
    """All results; all take turns."""
    with sink() as mails:
        watch, mine = Watch(mails), desk(mails.port)
        proxies = [rendered(number, ENGLISH) for number in range(MAILS)]
        sealed = [mine.seal(proxy) for proxy in proxies]
        for _ in range(ROUNDS):
            begun = watch.begin()
            await ours(mine, proxies)
            watch.end("bridge: built and sent", begun)
            begun = watch.begin()
            await only_sent(mine, sealed)
            watch.end("bridge: sent", begun)
            begun = watch.begin()
            await asyncio.to_thread(theirs, mails.port, sealed)
            watch.end("smtplib in 5 threads: sent", begun)
        await mine.close()
    return watch.results()


def main() -> None:
    """Print a table, or JSON with `--json`."""
    tell(asyncio.run(measured()))


if __name__ == "__main__":
    main()
