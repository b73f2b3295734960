"""Twilio's signature of a webhook: HMAC-SHA1 by the account's auth token over the address and the sorted form."""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence

from yarl import URL

_PORTS = {"https": 443, "http": 80}


def signed(token: str, url: str, form: Mapping[str, Sequence[str]]) -> str:
    """The signature, as the header X-Twilio-Signature brings it (twilio-python, request_validator)."""
    said = url + "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))
    made = hmac.new(token.encode(), said.encode("utf-8", "surrogatepass"), hashlib.sha1)
    return base64.b64encode(made.digest()).decode()


def is_signed(given: str, token: str, *, url: str, form: Mapping[str, Sequence[str]]) -> bool:
    """Whether Twilio called that address with that form; some of its servers name the usual port, others do not."""
    known = given.encode("utf-8", "replace")
    made = [signed(token, each, form).encode() for each in _spelled(url)]
    return any(hmac.compare_digest(known, each) for each in made)


def _spelled(url: str) -> Iterator[str]:
    yield url
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if URL(url).explicit_port is None and scheme in _PORTS:
        yield f"{scheme}://{host}:{_PORTS[scheme]}{slash}{path}"
