"""Serving an application on a loopback port."""

from aiohttp import web


class Loopback:
    """A running server; its port is the system's choice unless one is given."""

    def __init__(self, app: web.Application) -> None:
        self._runner = web.AppRunner(app, shutdown_timeout=0.5, access_log=None)
        self._site: web.TCPSite | None = None

    async def start(self, port: int) -> str:
        """Listen, with 0 on any free port, and give back the address without a slash at its end."""
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", port)
        await self._site.start()
        host, chosen = self._runner.addresses[0][:2]
        return f"http://{host}:{chosen}"

    async def stop(self) -> None:
        """Close the port and every connection; may be called twice."""
        await self._runner.cleanup()
