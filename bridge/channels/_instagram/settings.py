"""The keys of an Instagram channel."""

from pydantic import Field

from bridge.channels._graph.settings import GraphSettings


class Settings(GraphSettings):
    """One professional Instagram account, linked to a Facebook Page."""

    account: str = Field(pattern=r"^\d+$", description="Number of the Instagram account; another one is refused.")
    page: str = Field(pattern=r"^\d+$", description="Number of the Page that the account is linked to.")
    tagged: bool = Field(default=True, description="Read pictures of others that the account is tagged in.")
    media: int = Field(
        default=100, ge=1, le=500, description="How many of the account's newest posts are watched for comments."
    )
