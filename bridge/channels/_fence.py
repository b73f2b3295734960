"""Which addresses may be asked at all: public ones, and the private hosts that an admin allowed (E14)."""

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

_LOOKUPS = ThreadPoolExecutor(max_workers=32, thread_name_prefix="names")
"""Own threads, so that name servers that don't answer keep nothing else waiting."""

_LOOKUP_SECONDS = 8.0
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Blocked(OSError):
    """The host has an address that strangers' links may not reach."""


@dataclass(frozen=True, slots=True)
class Fence:
    """Lets through public addresses, and any address of the hosts that the configuration names as private."""

    private_hosts: frozenset[str] = frozenset()

    def objection(self, url: URL) -> str:
        """Why the address may not be asked, empty where it may; names are checked again when they are resolved."""
        host = url.host
        if url.scheme not in {"http", "https"} or not host:
            return "only http and https addresses are asked"
        if url.user or url.password:
            return "an address must not carry a name or a password"
        literal = _literal(host)
        if literal is not None and host not in self.private_hosts and not is_public(literal):
            return f"{host} is not a public address, and allow_private is not set for it"
        return ""

    def admits(self, host: str, addresses: list[str]) -> bool:
        """Whether every address that the name resolved to may be asked."""
        return host in self.private_hosts or all(is_public(ipaddress.ip_address(a)) for a in addresses)


def _literal(host: str) -> Address | None:
    """The address that the host is written as, if it is one."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether it is an ordinary address of the internet, also where IPv6 only wraps an IPv4 address."""
    inner = _wrapped(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _wrapped(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


class GuardedResolver(AbstractResolver):
    """Resolves names and refuses those with a forbidden address; the connection goes to exactly these addresses."""

    def __init__(self, fence: Fence) -> None:
        self._fence = fence

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """All addresses of the name; raises Blocked where one of them may not be asked."""
        loop = asyncio.get_running_loop()
        lookup = loop.run_in_executor(_LOOKUPS, _look_up, host, port, family)
        found = await asyncio.wait_for(lookup, _LOOKUP_SECONDS)
        if not self._fence.admits(host, [result["host"] for result in found]):
            raise Blocked(f"{host} resolves to an address that is not public")
        return found

    async def close(self) -> None:
        """Nothing is kept."""


def _look_up(host: str, port: int, family: int) -> list[ResolveResult]:
    """Ask the system's resolver; link-local scopes are dropped, since they are never public."""
    entries = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [
        ResolveResult(hostname=host, host=str(where[0]), port=port, family=af, proto=proto, flags=socket.AI_NUMERICHOST)
        for af, _kind, proto, _name, where in entries
    ]
