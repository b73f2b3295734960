"""A life whose servers all stand behind proxies of the test's, which spoil the lines to them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from faults.life import Life, change, life
from yarl import URL

from bridge.testing.faults import FaultProxy
from bridge.testing.postgres import Cluster
from bridge.testing.postoffice import PostOffice
from bridge.testing.toxics import Toxic

Peers = Mapping[str, FaultProxy]
"""The proxy before each server, by what the server is."""


@asynccontextmanager
async def behind(office: PostOffice, root: Path) -> AsyncIterator[tuple[Life, Peers]]:
    """Mail server, mailbox and platform behind proxies; the daemon keeps its own file."""
    async with life(office, root, first=1) as lived, AsyncExitStack() as stack:
        ports = {
            "mail server": office.ports.submission,
            "mailbox": office.ports.imaps,
            "platform": URL(lived.forum.url).port or 0,
        }
        peers = {name: await stack.enter_async_context(FaultProxy("127.0.0.1", port)) for name, port in ports.items()}
        for name, port in ports.items():
            change(root / "config", str(port), str(peers[name].port))
        yield lived, peers


@asynccontextmanager
async def behind_all(office: PostOffice, root: Path, cluster: Cluster) -> AsyncIterator[tuple[Life, Peers]]:
    """The same with a database on a server, which is behind a proxy, too."""
    url = cluster.create()
    async with behind(office, root) as (lived, peers), FaultProxy("127.0.0.1", cluster.port) as database:
        change(root / "config", "[bridge]\n", '[bridge]\ndatabase = { credential = "database" }\n')
        secret = root / "config" / "credentials" / "database"
        secret.write_text(url.replace(f":{cluster.port}/", f":{database.port}/"))
        secret.chmod(0o600)
        yield replace(lived, store=url), {**peers, "database": database}


def spoil(proxy: FaultProxy, toxic: Toxic) -> None:
    """Let it happen to both directions."""
    proxy.up.append(toxic)
    proxy.down.append(toxic)


def mend(peers: Peers) -> None:
    """Let all lines be well again."""
    for proxy in peers.values():
        proxy.up.clear()
        proxy.down.clear()
