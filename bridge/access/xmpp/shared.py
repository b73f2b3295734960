"""One exchange for each component of a house: a desk finds the one that its inbox connects, whichever was built first."""

from bridge.access.xmpp.exchange import Exchange
from bridge.access.xmpp.queues import Queue
from bridge.ports import Fittings, TemporaryProblem


class Board:
    """What desks and the inbox of one component know of each other."""

    def __init__(self) -> None:
        self._queues: list[Queue] = []
        self._exchange: Exchange | None = None

    def connect(self, exchange: Exchange) -> Exchange:
        """The inbox brings the line; a second inbox of the same component shares it."""
        if self._exchange is None:
            self._exchange = exchange
            for queue in self._queues:
                exchange.serve(queue)
        return self._exchange

    def serve(self, queue: Queue) -> None:
        """A desk brings its queue."""
        self._queues.append(queue)
        if self._exchange:
            self._exchange.serve(queue)

    def exchange(self) -> Exchange:
        """The line; raises TemporaryProblem where no inbox brings one."""
        if self._exchange is None:
            raise TemporaryProblem("no inbox of kind xmpp connects the domain of this desk")
        return self._exchange

    async def leave(self, user: object) -> None:
        """Somebody needs the line no more."""
        if self._exchange:
            await self._exchange.leave(user)


def board(domain: str, fittings: Fittings) -> Board:
    """The board of a component, the same for everyone in the house."""
    found = fittings.shared.setdefault(f"xmpp {domain}", Board())
    assert isinstance(found, Board)
    return found
