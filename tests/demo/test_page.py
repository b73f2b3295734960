"""The demo's page in headless Chromium: the loop by mouse and by keyboard, hostile words, every width, both schemes."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bridge.testing.spectator import Running, running

pytestmark = pytest.mark.xdist_group("demo")

CHROMIUM = "/usr/bin/chromium"
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
SLOW = 30_000
"""Milliseconds: this is a real daemon on a machine with other things to do."""


@pytest.fixture
async def browser(require) -> AsyncIterator[Browser]:
    require({"chromium"}, {"chromium"})
    expect.set_options(timeout=SLOW)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        await opened.close()


@pytest.fixture
def look() -> dict[str, object]:
    """How the page is looked at; tests may ask for something else."""
    return {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light", "reduced_motion": "reduce"}


@pytest.fixture
async def page(browser: Browser, demo: Running, look: dict[str, object]) -> AsyncIterator[Page]:
    """The page, which must be silent: nothing on the console, no request to anywhere else."""
    context = await browser.new_context(**look)
    page = await context.new_page()
    page.set_default_timeout(SLOW)
    noise: list[str] = []
    page.on("console", lambda message: noise.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda problem: noise.append(str(problem)))
    page.on("request", lambda asked: noise.append(asked.url) if elsewhere(asked.url, demo.address) else None)
    await page.goto(demo.address)
    await expect(page.locator("#pulse")).to_have_text("live")
    yield page
    await context.close()
    assert noise == []


def elsewhere(url: str, address: str) -> bool:
    return not url.startswith((f"{address}/", "about:", "data:"))


async def write(page: Page, author: str, title: str, text: str) -> None:
    await page.get_by_label("You are").fill(author)
    await page.get_by_label("Title").fill(title)
    await page.get_by_label("Your words").fill(text)
    await page.get_by_role("button", name="Post", exact=True).click()


async def open_mail(page: Page, subject: str) -> None:
    await page.locator("#mails button", has_text=subject).first.click()
    await expect(page.locator("#mail-subject")).to_have_text(subject)


async def test_write_as_a_customer_see_the_proxy_answer_and_see_the_answer(page: Page) -> None:
    await write(page, "Jane", "Login", "I cannot log in since ten minutes, please help me!")
    topic = page.locator(".topic", has_text="I cannot log in since ten minutes")
    await expect(topic).to_be_visible()
    await expect(topic.locator(".tag")).to_have_text("to support")

    await open_mail(page, "Jane on Forum: Login")
    inside = page.frame_locator("#mail-page")
    await expect(inside.get_by_text("I cannot log in since ten minutes")).to_be_visible()
    await page.get_by_role("tab", name="Headers").click()
    await expect(page.locator("#mail-headers")).to_contain_text("Message-ID")
    await page.get_by_role("tab", name="Plain text").click()
    await expect(page.locator("#mail-plain")).to_contain_text("please answer above this line")

    await page.get_by_label("Your answer").fill("Hello Jane, please try again now.")
    await page.get_by_role("button", name="Send by SMTP").click()
    await expect(page.locator("#fates .waiting")).to_contain_text("goes out under the post in")
    await expect(topic.locator(".post.ours .text")).to_have_text("Hello Jane, please try again now.")
    await expect(page.locator("#fates")).to_contain_text("published under the post")


async def test_an_answer_is_taken_back_by_its_button(page: Page, time_to_think) -> None:
    await write(page, "Omar", "Broken", "My order arrived broken and I want a refund.")
    await open_mail(page, "Omar on Forum: Broken")
    await page.get_by_label("Your answer").fill("Too early.")
    await page.get_by_role("button", name="Send by SMTP").click()
    await page.locator("#fates").get_by_role("button", name="Take it back").click()

    entry = page.locator(".answer-entry", has_text="Too early.")
    await expect(entry).to_contain_text("taken back in time")
    await expect(page.locator("#mails")).to_contain_text("Cancelled: Omar on Forum: Broken")
    await expect(page.locator(".post.ours", has_text="Too early.")).to_have_count(0)


async def test_what_was_left_alone_says_why_and_what_came_near(page: Page) -> None:
    await write(page, "Winner", "WIN", "Giveaway! Follow and share for a chance to win, link in bio.")
    topic = page.locator(".topic", has_text="Giveaway! Follow")
    await topic.get_by_role("button", name="left alone").click()

    entry = page.locator(".entry.flash")
    await expect(entry).to_contain_text("advertising")
    await entry.get_by_role("button", name="Every reason").click()
    await expect(entry.locator(".misses")).to_contain_text("Nearly:")
    await page.get_by_role("button", name="Forwarded", exact=True).click()
    await expect(page.locator(".entry", has_text="Winner, Forum")).to_have_count(0)


async def test_an_impostor_is_held_with_the_reason(page: Page) -> None:
    """A02."""
    await write(page, "Chiara", "Pagamento", "My credit card was charged twice, please help.")
    await open_mail(page, "Chiara on Forum: Pagamento")
    await page.get_by_label("From").select_option("impostor")
    await page.get_by_label("Your answer").fill("Send me your password.")
    await page.get_by_role("button", name="Send by SMTP").click()

    await expect(page.locator("#fates .held")).to_contain_text("our mail server did not prove who sent it")
    await expect(page.locator(".answer-entry", has_text="Send me your password")).to_contain_text("sender_unproven")


async def test_a_message_is_answered_in_private(page: Page) -> None:
    await page.get_by_role("tab", name="Messages").click()
    await page.get_by_label("You are").fill("Zoë")
    await page.get_by_label("Your words").fill("My customer number is 12, please look at my invoice.")
    await page.get_by_role("button", name="Post", exact=True).click()
    await expect(page.locator(".topic")).to_contain_text("Messages with Zoë")
    await page.locator("#mails button", has_text="Zoë").first.click()
    await page.get_by_label("Your answer").fill("It is settled.")
    await page.get_by_role("button", name="Send by SMTP").click()

    await expect(page.locator(".topic .ours .text")).to_have_text("It is settled.")
    await page.get_by_role("tab", name="Forum").click()
    await expect(page.locator(".topic .ours .text", has_text="It is settled.")).to_have_count(0)


async def test_the_customer_changes_and_takes_away(page: Page) -> None:
    await write(page, "田中", "Order", "My order is late, please help.")
    post = page.locator(".post", has_text="My order is late, please help.")
    await post.get_by_role("button", name="Edit").click()
    await page.get_by_label("New words").fill("My order is late and broken, please help.")
    await page.get_by_role("button", name="Save").click()
    changed = page.locator(".post", has_text="late and broken")
    await expect(changed).to_contain_text("edited")
    await changed.get_by_role("button", name="Delete").click()

    topic = page.locator(".topic", has=page.get_by_role("heading", name="Order", exact=True))
    await expect(topic).to_contain_text("This post was deleted.")


async def test_all_of_it_by_keyboard(page: Page) -> None:
    await page.get_by_role("tab", name="Forum").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("tab", name="Town talk")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await page.get_by_label("Title").fill("Keys")
    await page.keyboard.press("Tab")
    await page.keyboard.type("I have a question about my invoice, can you help me?")
    await page.keyboard.press("Control+Enter")
    row = page.locator("#mails button", has_text="on Forum: Keys")
    await row.focus()
    await page.keyboard.press("ArrowDown")
    await expect(row).not_to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(row).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#mail-subject")).to_contain_text("Keys")
    await page.get_by_label("Your answer").focus()
    await page.keyboard.type("Of course.")
    await page.keyboard.press("Control+Enter")

    await expect(page.locator(".topic .ours .text", has_text="Of course.")).to_be_visible()


async def test_words_and_names_stay_words(page: Page) -> None:
    """E01: markup of customers is text, on the page and in the mail."""
    nasty = "<img src=x onerror=\"document.title='stolen'\"><script>document.title='stolen'</script> help me please"
    await write(page, "<b>Eve</b>", "<i>x</i>", nasty)
    await expect(page.locator(".post .text", has_text="onerror")).to_have_text(nasty)
    await page.locator("#mails button", has_text="<b>Eve</b>").first.click()

    await expect(page.frame_locator("#mail-page").get_by_text("onerror").first).to_be_visible()
    assert "stolen" not in await page.title()


async def test_news_leave_what_is_being_written_alone(page: Page, demo: Running) -> None:
    await page.get_by_label("Your words").fill("half a sent")
    await page.get_by_label("Your words").focus()
    other = await page.context.new_page()
    await other.goto(demo.address)
    await write(other, "Łukasz", "News", "Is there any news? I need help with my order.")
    await expect(page.locator(".topic", has_text="Is there any news?")).to_be_visible()
    await page.keyboard.type("ence")

    await expect(page.get_by_label("Your words")).to_have_value("half a sentence")
    await other.close()


async def test_it_says_how_another_mail_client_does_the_same(page: Page, demo: Running) -> None:
    await page.get_by_role("button", name="Use your own mail client").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"neomutt -n -F {demo.root}/neomuttrc")
    await expect(dialog).to_contain_text("the same code as in production")
    await page.keyboard.press("Escape")

    await expect(dialog).to_be_hidden()


@pytest.mark.parametrize("width", [360, 768, 1024, 1440, 2560])
async def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    for column in ("customers", "story", "mailbox"):
        switch = page.locator(f"#switch [data-column={column}]")
        if await switch.is_visible():
            await switch.click()
        await expect(page.locator(f"#{column}")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.locator("#mails button").first.click()
    await expect(page.get_by_role("button", name="Send by SMTP")).to_be_visible()


CONTRASTS = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !node.checkVisibility({ opacityProperty: true })) continue;
    const [one, other] = [light(parse(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) low.push(`${node.className || node.tagName} ${ratio.toFixed(2)}: ${walker.currentNode.textContent.slice(0, 40)}`);
  }
  return [...new Set(low)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_letter_can_be_read(page: Page, scheme: str) -> None:
    """WCAG 1.4.3: a contrast of 4.5 or more."""
    await page.emulate_media(color_scheme=scheme)
    await page.locator("#mails button").first.click()
    await expect(page.locator("#mail")).to_be_visible()
    await expect(page.locator(".entry").first).to_be_visible()

    assert await page.evaluate(CONTRASTS) == []


NAMELESS = """() => [...document.querySelectorAll('button, input, textarea, select, a, iframe, summary')]
  .filter((node) => node.checkVisibility())
  .filter((node) => !(node.getAttribute('aria-label') || node.title || node.textContent.trim() || node.labels?.length))
  .map((node) => node.outerHTML.slice(0, 120))"""


async def test_everything_that_can_be_used_has_a_name(page: Page) -> None:
    await page.locator("#mails button").first.click()
    await expect(page.locator("#mail")).to_be_visible()

    assert await page.evaluate(NAMELESS) == []
    assert await page.locator("h1").count() == 1


async def test_the_page_says_when_the_demo_ended(browser: Browser) -> None:
    with running("--port", "0") as demo:
        page = await browser.new_page()
        await page.goto(demo.address)
        await expect(page.locator("#pulse")).to_have_text("live")
        demo.process.terminate()

        await expect(page.locator("#pulse")).to_have_text("the demo is not running")
        await page.close()
