"""Draws docs/img/demo*.png: a running demo in Debian's Chromium, with one post answered and one answer on its way.

Run it with `python docs/make_demo_picture.py` after a change of the page, and look at the pictures.
"""

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright, expect

from bridge.testing.spectator import running

IMAGES = Path(__file__).parent / "img"
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
LONG = 30_000
"""Milliseconds that a real daemon may need on a busy machine."""


async def play(page: Page) -> None:
    """A customer writes, an agent answers."""
    await page.get_by_label("You are").fill("Jane")
    await page.get_by_label("Title").fill("Nothing loads")
    await page.get_by_label("Your words").fill("Hello @acme, is the site down? I get an error and cannot log in.")
    await page.get_by_role("button", name="Post", exact=True).click()
    await page.locator("#mails button", has_text="Nothing loads").click()
    await answer(page, "Hello Jane, we know about it and are repairing it right now.")
    await expect(page.locator(".post.ours")).to_be_visible()
    await answer(page, "It is repaired. Does it work for you now?")
    await expect(page.locator("#fates .waiting")).to_be_visible()
    await expect(page.frame_locator("#mail-page").get_by_text("Nothing loads").first).to_be_visible()


async def answer(page: Page, text: str) -> None:
    """Answer the open mail."""
    await page.get_by_label("Your answer").fill(text)
    await page.get_by_role("button", name="Send by SMTP").click()


async def draw(browser: Browser, address: str) -> None:
    """The page by day, in the dark and on a phone."""
    page = await seen(browser, address, WIDE, scheme="light")
    await play(page)
    await page.screenshot(path=IMAGES / "demo.png")
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await page.screenshot(path=IMAGES / "demo-dark.png")
    phone = await seen(browser, address, PHONE, scheme="light")
    await expect(phone.locator(".post.ours").first).to_be_visible()
    await phone.screenshot(path=IMAGES / "demo-phone.png")


async def seen(browser: Browser, address: str, size: dict[str, int], *, scheme: Literal["light", "dark"]) -> Page:
    """A reader of the page."""
    context = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = await context.new_page()
    page.set_default_timeout(LONG)
    await page.goto(address)
    return page


async def main() -> None:
    """All pictures."""
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("chromium is missing: apt-get install chromium")
    expect.set_options(timeout=LONG)
    with running("--port", "0") as demo:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            await draw(browser, demo.address)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
