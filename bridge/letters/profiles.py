"""What each kind of ticket system wants to see in a mail's header: to file it right and not to answer it by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.core.model import Priority

Fields = tuple[tuple[str, str], ...]

_USUAL: Mapping[Priority, Fields] = {
    Priority.URGENT: (("X-Priority", "1"), ("Importance", "high"), ("Priority", "urgent")),
    Priority.HIGH: (("X-Priority", "2"), ("Importance", "high")),
    Priority.LOW: (("X-Priority", "5"), ("Importance", "low"), ("Priority", "non-urgent")),
}
"""Importance and Priority: RFC 2156; X-Priority: what mail programs show."""

QUIET: Fields = (("X-Auto-Response-Suppress", "All"),)
"""Silences Exchange and is no sign of a machine (MS-OXCMAIL 2.2.3.2.14)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The header fields that one kind of target wants besides those of every mail."""

    name: str
    admits_automatic: bool = True
    """False where the target throws away or sets aside whatever bears `Auto-Submitted` (RFC 3834)."""
    always: Fields = QUIET
    on_notice: Fields = ()
    """Also on what a ticket is told by us rather than by the customer."""
    first: Mapping[Priority, Fields] = field(default_factory=dict)
    """By priority, on a conversation's first mail."""
    later: Mapping[Priority, Fields] = field(default_factory=dict)
    """By priority, on its further mails."""

    def fields(self, priority: Priority, *, follow_up: bool) -> Fields:
        """All of the profile's fields for a customer's post."""
        own = self.later if follow_up else self.first
        return (*self.always, *_USUAL.get(priority, ()), *own.get(priority, ()))


def _named(field: str, values: Mapping[Priority, str]) -> Mapping[Priority, Fields]:
    return {priority: ((field, value),) for priority, value in values.items()}


_ZAMMAD = {Priority.URGENT: "3 high", Priority.HIGH: "3 high", Priority.NORMAL: "2 normal", Priority.LOW: "1 low"}
_OTRS = {Priority.URGENT: "5 very high", Priority.HIGH: "4 high", Priority.NORMAL: "3 normal", Priority.LOW: "2 low"}

PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(name="plain"),
        # Only a mailbox that Zammad trusts obeys the X-Zammad fields; on others they do no harm. No Precedence:
        # with it Zammad may take the mail for its own (admin documentation, "Header based actions").
        Profile(
            name="zammad",
            always=(*QUIET, ("X-Zammad-Send-Auto-Response", "false")),
            on_notice=(("X-Zammad-Article-Internal", "true"),),
            first=_named("X-Zammad-Ticket-Priority", _ZAMMAD),
            later=_named("X-Zammad-Ticket-FollowUp-Priority", _ZAMMAD),
        ),
        # FreeScout compares Auto-Submitted with "auto-replied" only, so Precedence must say it (MailHelper::isAutoResponder).
        Profile(name="freescout", always=(*QUIET, ("Precedence", "bulk"))),
        # Obeyed from a trusted mail account only (Kernel/System/PostMaster/NewTicket.pm); Znuny and OTRS know the older name.
        Profile(
            name="otobo",
            first={
                priority: (("X-OTOBO-Priority", value), ("X-OTRS-Priority", value)) for priority, value in _OTRS.items()
            },
            later={
                priority: (("X-OTOBO-FollowUp-Priority", value), ("X-OTRS-FollowUp-Priority", value))
                for priority, value in _OTRS.items()
            },
        ),
        # RT withholds its acknowledgement for Auto-Submitted alone and joins by the subject's tag.
        Profile(name="rt"),
        # Roundup drops mail with Precedence: bulk or any Auto-Submitted but "no" (roundup/mailgw.py, handle_ignore).
        Profile(name="roundup", admits_automatic=False),
        # Zendesk suspends what a header calls automatic ("Causes for ticket suspension").
        Profile(name="zendesk", admits_automatic=False, always=()),
    )
}
"""By the name that a desk's stanza gives."""
