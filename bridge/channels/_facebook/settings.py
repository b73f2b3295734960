"""The keys of a Facebook channel."""

from datetime import timedelta

from pydantic import Field

from bridge.channels._graph.settings import GraphSettings
from bridge.stanza import Duration


class Settings(GraphSettings):
    """One Facebook Page with its Messenger."""

    account: str = Field(pattern=r"^\d+$", description="Number of the Page; a token of another one is refused.")
    tagged: bool = Field(default=True, description="Read posts elsewhere that tag the Page.")
    ratings: bool = Field(default=True, description="Read recommendations of the Page.")
    watch: Duration = Field(
        default=timedelta(days=30), description="How long after its last comment a post's comments are still read."
    )
