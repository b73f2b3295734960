"""What operators are told: that something needs a person, and that something broke or works again."""

from collections.abc import Mapping
from datetime import datetime

from bridge.core.notes import moment
from bridge.core.operator_phrases import ALERT, OPERATOR
from bridge.core.policy import Policy
from bridge.core.proxies import Audience, Notice
from bridge.core.wording import filled, sentence


def alert(policy: Policy, reason: str, *, subject: str, now: datetime) -> tuple[Notice, ...]:
    """Tell the operator, at most once an hour for each condition (D10); empty where none is configured."""
    return _to_operator(policy, reason, {"subject": subject}, once=f"{subject}|{now:%Y-%m-%dT%H}", now=now)


def condition(
    policy: Policy, reason: str, *, subject: str, detail: str, since: datetime, now: datetime
) -> tuple[Notice, ...]:
    """Tell the operator that something broke or works again: login, down, recovered.

    Once for each beginning of the condition; empty where no operator is configured.
    """
    values = {"subject": subject, "detail": sentence(detail), "since": moment(since)}
    return _to_operator(policy, reason, values, once=f"{subject}|{since.isoformat()}", now=now)


def _to_operator(
    policy: Policy, reason: str, values: Mapping[str, str], *, once: str, now: datetime
) -> tuple[Notice, ...]:
    """An alert by the desk that was chosen for it, or the first that there is."""
    desk = policy.alert_desk or next(iter(policy.desks), "")
    if not policy.operator or not desk:
        return ()
    phrase = OPERATOR.get(reason, ALERT)
    given = {"reason": reason.replace("_", " "), **values}
    notice = Notice(
        key=f"tell|{reason}|{once}",
        desk=desk,
        audience=Audience.OPERATOR,
        to=policy.operator,
        reason=reason,
        subject=filled(phrase.subject, given),
        text=filled(phrase.text, given),
        made=now,
    )
    return (notice,)
