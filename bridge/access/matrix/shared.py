"""One hall for each application service of a house: a desk finds the one that its inbox opens, whichever was built first."""

from bridge.access.matrix.hall import Hall
from bridge.access.matrix.queues import Queue
from bridge.ports import Fittings, TemporaryProblem


class Board:
    """What desks and the inbox of one application service know of each other."""

    def __init__(self) -> None:
        self._queues: list[Queue] = []
        self._hall: Hall | None = None

    def connect(self, hall: Hall) -> Hall:
        """The inbox brings the hall; a second inbox of the same service shares it."""
        if self._hall is None:
            self._hall = hall
            for queue in self._queues:
                hall.serve(queue)
        return self._hall

    def serve(self, queue: Queue) -> None:
        """A desk brings its queue."""
        self._queues.append(queue)
        if self._hall:
            self._hall.serve(queue)

    def hall(self) -> Hall:
        """The hall; raises TemporaryProblem where no inbox brings one."""
        if self._hall is None:
            raise TemporaryProblem("no inbox of kind matrix has the server and the prefix of this desk")
        return self._hall

    async def leave(self, user: object) -> None:
        """Somebody needs the hall no more."""
        if self._hall:
            await self._hall.leave(user)


def board(server: str, prefix: str, fittings: Fittings) -> Board:
    """The board of an application service, the same for everyone in the house."""
    found = fittings.shared.setdefault(f"matrix {server} {prefix}", Board())
    assert isinstance(found, Board)
    return found
