"""Feeds of forums that can only be read: what their software writes becomes whole posts, each with a link to answer by."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bridge.channels import feed
from bridge.core.model import Post
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import gather
from bridge.testing.fakes.feeds import Answer, FeedServer

PHPBB = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-gb">
<link rel="self" type="application/atom+xml" href="https://board.example.org/app.php/feed" />
<title>board.example.org</title>
<id>https://board.example.org/app.php/feed</id>
<updated>2026-11-20T09:41:07+02:00</updated>
<entry>
<author><name><![CDATA[ann]]></name></author>
<updated>2026-11-20T09:41:07+02:00</updated>
<published>2026-11-20T09:41:07+02:00</published>
<id>https://board.example.org/viewtopic.php?p=12#p12</id>
<link href="https://board.example.org/viewtopic.php?p=12#p12"/>
<title type="html"><![CDATA[Support • Re: No picture since the update]]></title>
<category term="Support" scheme="https://board.example.org/viewforum.php?f=2" label="Support"/>
<content type="html" xml:base="https://board.example.org/viewtopic.php?p=12#p12"><![CDATA[
The box shows nothing &amp; beeps.<br>Any ideas?<p>Statistics: Posted by <a href="https://board.example.org/memberlist.php?mode=viewprofile&amp;u=48">ann</a> — Fri Nov 20, 2026 9:41 am</p><hr />
]]></content>
</entry>
</feed>"""

VBULLETIN = """<?xml version="1.0" encoding="ISO-8859-1"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
<title>The Board</title><link>https://board.example.org/</link><language>en</language><ttl>60</ttl>
<item>
<title>No picture since the update</title>
<link>https://board.example.org/showthread.php?t=9&amp;goto=newpost</link>
<pubDate>Fri, 20 Nov 2026 07:41:07 GMT</pubDate>
<description>The box shows nothing...</description>
<content:encoded><![CDATA[<div>The box shows nothing &amp; beeps.<br />
Any ideas?</div>]]></content:encoded>
<category domain="https://board.example.org/forumdisplay.php?f=2">Support</category>
<dc:creator>ann</dc:creator>
<guid isPermaLink="true">https://board.example.org/showthread.php?t=9</guid>
</item>
</channel>
</rss>"""

FLARUM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title><![CDATA[The Board: new discussions]]></title>
<link href="https://board.example.org" />
<id>https://board.example.org/</id>
<updated>2026-11-20T07:41:07+00:00</updated>
<entry>
<title><![CDATA[No picture since the update]]></title>
<link rel="alternate" type="text/html" href="https://board.example.org/d/9-no-picture-since-the-update"/>
<id>https://board.example.org/d/9-no-picture-since-the-update</id>
<updated>2026-11-20T07:41:07+00:00</updated>
<content type="html"><![CDATA[<p>The box shows nothing &amp; beeps.<br>
Any ideas?</p>]]></content>
<author><name>ann</name></author>
</entry>
</feed>"""

VANILLA = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>Recent Discussions — The Board</title>
<link>https://board.example.org/discussions/feed.rss</link>
<pubDate>Fri, 20 Nov 26 07:50:00 +0000</pubDate>
<description>Recent Discussions — The Board</description><language>en</language>
<item>
<title>No picture since the update</title>
<link>https://board.example.org/discussion/9/no-picture-since-the-update</link>
<pubDate>Fri, 20 Nov 2026 07:41:07 +0000</pubDate>
<category>Support</category>
<dc:creator>ann</dc:creator>
<guid isPermaLink="false">9@/discussions</guid>
<description><![CDATA[The box shows nothing &amp; beeps.<br />Any ideas?]]></description>
</item>
</channel>
</rss>"""

MYBB = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title><![CDATA[The Board - All Forums]]></title>
<link>https://board.example.org/</link>
<description><![CDATA[The Board - https://board.example.org]]></description>
<generator>MyBB</generator>
<item>
<title><![CDATA[No picture since the update]]></title>
<link>https://board.example.org/showthread.php?tid=9</link>
<pubDate>Fri, 20 Nov 2026 07:41:07 +0000</pubDate>
<dc:creator><![CDATA[<a href="https://board.example.org/member.php?action=profile&uid=48">ann</a>]]></dc:creator>
<guid isPermaLink="false">https://board.example.org/showthread.php?tid=9</guid>
<description><![CDATA[The box shows nothing &amp; beeps.<br />
Any ideas?]]></description>
<content:encoded><![CDATA[The box shows nothing &amp; beeps.<br />
Any ideas?]]></content:encoded>
</item>
</channel>
</rss>"""

MYBB_ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title type="html"><![CDATA[The Board - All Forums]]></title>
<id>https://board.example.org/</id>
<link rel="self" type="application/atom+xml" href="https://board.example.org/syndication.php?type=atom1.0"/>
<updated>2026-11-20T07:50:00Z</updated>
<entry>
<author><name type="html" xml:space="preserve"><![CDATA[<a href="https://board.example.org/member.php?action=profile&uid=48">ann</a>]]></name></author>
<published>2026-11-20T07:41:07Z</published>
<updated>2026-11-20T07:41:07Z</updated>
<id>https://board.example.org/showthread.php?tid=9</id>
<title type="html" xml:space="preserve"><![CDATA[No picture since the update]]></title>
<content type="html" xml:space="preserve" xml:base="https://board.example.org/showthread.php?tid=9"><![CDATA[The box shows nothing &amp; beeps.<br />
Any ideas?]]></content>
<draft xmlns="http://purl.org/atom-blog/ns#">false</draft>
<link href="https://board.example.org/showthread.php?tid=9"/>
</entry>
</feed>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """A forum's feed, and where its entry is answered."""

    document: str
    answer_url: str
    title: str = "No picture since the update"


BOARDS = {
    "phpbb": Software(
        document=PHPBB,
        answer_url="https://board.example.org/viewtopic.php?p=12#p12",
        title="Support • Re: No picture since the update",
    ),
    "vbulletin": Software(document=VBULLETIN, answer_url="https://board.example.org/showthread.php?t=9&goto=newpost"),
    "flarum": Software(document=FLARUM, answer_url="https://board.example.org/d/9-no-picture-since-the-update"),
    "vanilla": Software(
        document=VANILLA, answer_url="https://board.example.org/discussion/9/no-picture-since-the-update"
    ),
    "mybb": Software(document=MYBB, answer_url="https://board.example.org/showthread.php?tid=9"),
    "mybb as Atom": Software(document=MYBB_ATOM, answer_url="https://board.example.org/showthread.php?tid=9"),
}


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    server = FeedServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def channel(server: FeedServer, fittings: Fittings) -> AsyncIterator[Channel]:
    given = {
        "url": f"{server.url}/board.atom",
        "allow_private": True,
        "timeout": timedelta(seconds=2),
        "spacing": timedelta(0),
        "backfill": timedelta(days=20_000),
    }
    channel = feed.build("board", feed.Settings.model_validate(given), fittings)
    yield channel
    await channel.close()


async def shown(server: FeedServer, channel: Channel, document: str) -> Post:
    """The one post of a document."""
    server.instead["board"] = Answer(body=document.encode(), headers=(("Content-Type", "application/xml"),))
    [post] = (await gather(channel, None)).posts
    return post


@pytest.mark.parametrize("name", BOARDS)
async def test_a_forums_entry_is_a_whole_post_with_a_link_to_answer_by(
    server: FeedServer, channel: Channel, name: str
) -> None:
    board = BOARDS[name]
    post = await shown(server, channel, board.document)
    assert (post.author.name, post.title) == ("ann", board.title)
    assert post.text.startswith("The box shows nothing & beeps.\nAny ideas?")
    assert post.answer_url == board.answer_url
    assert not post.answers
    assert post.at <= datetime(2026, 11, 20, 7, 41, 7, tzinfo=UTC)


async def test_what_phpbb_puts_below_each_post_is_nobodys_words(server: FeedServer, channel: Channel) -> None:
    """Who wrote it and when stands in the entry anyhow; in the text it would be judged as the customer's."""
    post = await shown(server, channel, PHPBB)
    assert post.text == "The box shows nothing & beeps.\nAny ideas?"


async def test_a_name_that_is_a_link_leads_to_its_profile(server: FeedServer, channel: Channel) -> None:
    """And the same person in a plain form would be the same."""
    linked = await shown(server, channel, MYBB)
    assert linked.author.url == "https://board.example.org/member.php?action=profile&uid=48"


@pytest.mark.parametrize(
    ("spelled", "name"),
    [("&lt;3 Ann", "<3 Ann"), ("a &lt; b", "a < b"), ("Smith &amp;amp; Sons", "Smith &amp; Sons"), ("Ann", "Ann")],
)
async def test_a_name_that_only_looks_odd_stays_as_it_is(
    server: FeedServer, channel: Channel, spelled: str, name: str
) -> None:
    document = FLARUM.replace("<name>ann</name>", f"<name>{spelled}</name>")
    assert (await shown(server, channel, document)).author.name == name
