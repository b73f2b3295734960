"""Stanzas as XML: names and words of people are escaped, and what XML cannot carry is left out."""

from datetime import UTC
from xml.sax.saxutils import escape, quoteattr

from bridge.access.xmpp.stanzas import CLIENTS, Confirm, Furnish, Outgoing, Reject, Say, Show, sound


def written(stanza: Outgoing) -> str:
    """A stanza as XML; names and words of people are escaped, and what XML cannot carry is left out."""
    match stanza:
        case Say():
            return _said(stanza)
        case Show():
            return _shown(stanza)
        case Confirm():
            head = _head("message", stanza.sender, stanza.to, id=f"r-{stanza.id}"[:120])
            return f"{head}<received xmlns='{CLIENTS['receipts']}' id={quoteattr(sound(stanza.id))}/></message>"
        case Reject():
            return _rejected(stanza)
        case Furnish():
            return _furnished(stanza)


def _head(name: str, sender: str, to: str, **others: str) -> str:
    """An opening tag."""
    attributes = {"from": sender, "to": to, **others}
    return f"<{name} {' '.join(f'{key}={quoteattr(sound(value))}' for key, value in attributes.items() if value)}>"


def _said(say: Say) -> str:
    kind = "groupchat" if say.group else "chat"
    parts = [_head("message", say.sender, say.to, id=say.id, type=kind), f"<body>{escape(sound(say.text))}</body>"]
    parts.append(f"<origin-id xmlns='{CLIENTS['sid']}' id={quoteattr(say.id)}/>")
    if not say.group:
        parts.append(f"<request xmlns='{CLIENTS['receipts']}'/>")
        parts.append(f"<{'gone' if say.gone else 'active'} xmlns='{CLIENTS['states']}'/>")
    if say.name:
        parts.append(_nick(say.name))
    if say.corrects:
        parts.append(f"<replace xmlns='{CLIENTS['correct']}' id={quoteattr(say.corrects)}/>")
    if say.at:
        parts.append(f"<delay xmlns='{CLIENTS['delay']}' stamp='{say.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'/>")
    parts += [f"<x xmlns='{CLIENTS['oob']}'><url>{escape(sound(link))}</url></x>" for link in say.links]
    return "".join([*parts, "</message>"])


def _nick(name: str) -> str:
    return f"<nick xmlns='{CLIENTS['nick']}'>{escape(sound(name))}</nick>"


def _shown(show: Show) -> str:
    parts = [_head("presence", show.sender, show.to, type=show.kind)]
    if show.joins:
        parts.append(f"<x xmlns='{CLIENTS['muc']}'><history maxstanzas='0'/></x>")
    if show.name:
        parts.append(_nick(show.name))
    if show.avatar:
        parts.append(f"<x xmlns='{CLIENTS['avatar']}'><photo>{escape(show.avatar)}</photo></x>")
    return "".join([*parts, "</presence>"])


def _rejected(reject: Reject) -> str:
    head = _head("message", reject.sender, reject.to, id=reject.id, type="error")
    space = "urn:ietf:params:xml:ns:xmpp-stanzas"
    return (
        f"{head}<error type='cancel'><{reject.condition} xmlns='{space}'/>"
        f"<text xmlns='{space}'>{escape(sound(reject.text))}</text></error></message>"
    )


_RULES = {"persistentroom": "1", "membersonly": "1", "whois": "anyone", "publicroom": "0", "changesubject": "0"}


def _furnished(furnish: Furnish) -> str:
    """Orders to the room, whose answers nobody awaits; a member each, since Prosody takes no more at once."""
    room = "http://jabber.org/protocol/muc"
    fields = "".join(
        f"<field var='{key}'><value>{value}</value></field>"
        for key, value in (
            ("FORM_TYPE", f"{room}#roomconfig"),
            *((f"muc#roomconfig_{name}", value) for name, value in _RULES.items()),
        )
    )
    rules = (
        f"{_head('iq', furnish.sender, furnish.room, id='room-rules', type='set')}"
        f"<query xmlns='{room}#owner'><x xmlns='jabber:x:data' type='submit'>{fields}</x></query></iq>"
    )
    members = [
        f"{_head('iq', furnish.sender, furnish.room, id=f'room-member-{number}', type='set')}"
        f"<query xmlns='{room}#admin'><item affiliation='member' jid={quoteattr(jid)}/></query></iq>"
        for number, jid in enumerate(furnish.members)
    ]
    return "".join([rules if furnish.anew else "", *members])
