"""bridge db upgrade."""

from bridge.cli.output import say
from bridge.cli.shared import Config, group, loaded, wait_for

app = group("Keep the state store.")


@app.callback()
def _store() -> None:
    """Keep the state store."""


@app.command()
def upgrade(*, config: Config = None) -> None:
    """Bring the database to the schema of this version, after a copy of it was put beside it (SQLite).

    Example: bridge db upgrade
    """
    import asyncio

    from bridge.app.place import database
    from bridge.store.open import upgrade as bring_up_to_date

    found, _place = loaded(config)
    where = database(found)
    wait_for(asyncio.to_thread(bring_up_to_date, where))
    say("the database has the schema of this version")
