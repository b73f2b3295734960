"""The HTML part in a real browser: nothing is fetched, everything is readable by day and in the dark, and it fits a phone."""

import importlib.util
import shutil
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

SCRIPT = Path(__file__).parents[2] / "docs" / "make_screenshots.py"
CONTRAST = 4.5
"""Between letters and their ground (WCAG 2.2, 1.4.3)."""

MEASURE = """
() => {
  const parsed = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parsed(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim();
    if (!words) continue;
    const element = walker.currentNode.parentElement;
    const [a, b] = [light(parsed(getComputedStyle(element).color)), light(ground(element))];
    found.push([words.slice(0, 40), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]);
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def pages(require) -> dict[str, str]:
    """The pages of the docs' pictures."""
    require({"chromium"}, {"chromium"})
    spec = importlib.util.spec_from_file_location("make_screenshots", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return {message.__name__: script.page(message()) for message in (script.ordinary, script.doubtful, script.too_long)}


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["ordinary", "doubtful", "too_long"])
async def test_a_mail_is_readable_and_asks_for_nothing(pages, name, scheme, width) -> None:
    asked = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        await page.set_content(pages[name])
        texts = await page.evaluate(MEASURE)
        card = await page.locator(".card").bounding_box()
        overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        await browser.close()

    assert asked == []
    assert len(texts) > 5
    assert [text for text in texts if text[1] < CONTRAST] == []
    assert card["width"] <= 600
    assert overflow <= 0
