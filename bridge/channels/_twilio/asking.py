"""Twilio's API by its paths: pages of messages, single ones, and the form that sends one."""

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from yarl import URL

from bridge.channels._api import Api
from bridge.channels._entries import read_entries
from bridge.channels._newest_first import Portion, Shown
from bridge.channels._twilio.shapes import Account, Files, Message, Messages, Numbers
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem

_PAGE = "200"
_PAGES = 50
"""Pages of a talk that are read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One account at Twilio."""

    api: Api
    account: str
    callback: str = ""
    """Where Twilio tells what became of a message; nowhere where it is empty."""

    async def who(self) -> Account:
        """The account, as its own token shows it."""
        return await self.api.ask(f"{self._root}.json", {}, Account)

    async def has(self, number: str) -> bool:
        """Whether a number is the account's own."""
        found = await self.api.ask(f"{self._root}/IncomingPhoneNumbers.json", {"PhoneNumber": number}, Numbers)
        return any(each.phone_number == number for each in found.incoming_phone_numbers)

    async def portion(self, query: Mapping[str, str], cursor: str) -> Portion:
        """A page of messages, newest first; the cursor is the path of what is older, as Twilio gives it."""
        path, asked = (
            (f"{self._root}/Messages.json", {**query, "PageSize": _PAGE}) if not cursor else self._next(cursor)
        )
        page = await self.api.ask(path, asked, Messages)
        return Portion(raws=page.messages, cursor=page.next_page_uri or "")

    def _next(self, cursor: str) -> tuple[str, Mapping[str, str]]:
        """The path and query of a next page, if it is one of this account's messages."""
        url = URL(cursor)
        if url.path != f"{self._root}/Messages.json":
            raise TemporaryProblem("Twilio's next page is none of this account's messages")
        return url.path, dict(url.query)

    async def message(self, sid: str) -> Message | None:
        """One message as it stands; None where Twilio has it no more."""
        return await self.api.seek(f"{self._root}/Messages/{sid}.json", {}, Message)

    async def look(self, sids: Sequence[str]) -> Mapping[str, Shown[Message]] | None:
        """Messages that still stand; None where one is gone, which its writer cannot do and an operator may."""
        found: dict[str, Shown[Message]] = {}
        for sid in sids:
            try:
                message = await self.message(sid)
            except LoginProblem:
                raise
            except (TemporaryProblem, PermanentProblem):
                return None
            if message is None:
                return None
            found[sid] = Shown(entry=message, raw=b"")
        return found

    async def files(self, sid: str) -> Files:
        """What came with a message."""
        return await self.api.ask(f"{self._root}/Messages/{sid}/Media.json", {}, Files)

    async def talk(self, *, sender: str, receiver: str) -> AsyncIterator[Message]:
        """What one number wrote to the other, newest first; raises UncertainProblem where a part of it cannot be read."""
        cursor = ""
        for _ in range(_PAGES):
            page = await self.portion({"From": sender, "To": receiver}, cursor)
            good, broken = read_entries(page.raws, Message)
            if broken:
                raise UncertainProblem("a message of the talk cannot be read")
            for each in good:
                yield each.value
            if not page.cursor:
                return
            cursor = page.cursor
        raise UncertainProblem("the talk is too long to be read")

    async def send(self, *, sender: str, receiver: str, text: str) -> Message:
        """Send a message, once; raises UncertainProblem wherever it may have happened."""
        form = {"From": sender, "To": receiver, "Body": text}
        form |= {"StatusCallback": self.callback} if self.callback else {}
        return await self.api.submit(f"{self._root}/Messages.json", form, Message)

    @property
    def _root(self) -> str:
        return f"/2010-04-01/Accounts/{self.account}"


def signed(user: str, token: str) -> Mapping[str, str]:
    """The header of a login (RFC 7617)."""
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{token}'.encode()).decode()}"}
