"""What is asked for in tweepy's words; X sends no more than ids and texts unasked."""

from collections.abc import Mapping
from typing import Any

POST_FIELDS = [
    "author_id", "created_at", "conversation_id", "in_reply_to_user_id", "referenced_tweets", "entities", "lang",
    "reply_settings", "note_tweet", "edit_history_tweet_ids", "attachments",
]  # fmt: skip
EXPANSIONS = ["author_id", "attachments.media_keys", "referenced_tweets.id", "referenced_tweets.id.author_id"]
USER_FIELDS = ["username", "name", "created_at", "public_metrics", "receives_your_dm"]
MEDIA_FIELDS = ["media_key", "type", "url", "preview_image_url", "alt_text", "variants"]

WHOLE: Mapping[str, Any] = {
    "tweet_fields": POST_FIELDS,
    "expansions": EXPANSIONS,
    "user_fields": USER_FIELDS,
    "media_fields": MEDIA_FIELDS,
}
"""What every question about posts asks for."""

MESSAGES: Mapping[str, Any] = {
    "dm_event_fields": [
        "id",
        "text",
        "event_type",
        "created_at",
        "dm_conversation_id",
        "sender_id",
        "attachments",
        "entities",
    ],
    "expansions": ["sender_id", "attachments.media_keys"],
    "user_fields": USER_FIELDS,
    "media_fields": MEDIA_FIELDS,
}
"""The same for direct messages."""
