"""Somebody without a mouse, who sees where the keyboard is."""

import re
from collections.abc import AsyncIterator
from typing import Final

import msgspec
from playwright.async_api import Locator, Page, expect

from tests.scenarios.stage import CAREFUL, Stage

STOPS_MAX: Final = 60
"""Stops on the way to a thing: whoever needs more has lost the way."""

OF_A_PAGE_MAX: Final = 500
"""Stops of a page: whoever meets more goes in a circle."""

RING_PX_MIN: Final = 2
"""How thick the line around a stop is, at least."""

REFUSED: Final = re.compile("the server responded with a status of 4(00|22) ")
"""How the browser tells of a page that says what was wrong with a form."""

STOP: Final = """
() => {
  const at = document.activeElement;
  const framed = at.matches(".choices input") ? at.closest("label") : at;
  const box = [...at.getClientRects()].find((each) => each.width && each.height);
  const ring = getComputedStyle(framed);
  const within = (place, size) => Math.min(Math.max(place, 1), size - 1);
  const hit = box && document.elementFromPoint(
    within(box.x + box.width / 2, innerWidth),
    within(box.y + Math.min(box.height, innerHeight) / 2, innerHeight),
  );
  return {
    name: `${(at.labels?.[0] ?? at).textContent.trim()}#${at.id}`,
    where: at.outerHTML.slice(0, 160),
    outside: at === document.body,
    ring: ring.outlineStyle === "none" ? 0 : parseFloat(ring.outlineWidth),
    open: Boolean(hit && (framed.contains(hit) || hit.contains(framed))),
  };
}
"""
"""What has the keyboard, how thick the line around it is, and whether it is in sight.

Source: WCAG 2.2, success criteria 2.4.7 (focus visible) and 2.4.11 (not obscured).
"""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Where the keyboard is.

    Attributes:
        name: its words, and its id after a hash.
        where: how the page writes it.
        outside: whether the page has been left.
        ring: pixels of the line around it.
        open: whether it is in sight, with nothing above it.
    """

    name: str
    where: str
    outside: bool
    ring: float
    open: bool

    @property
    def fault(self) -> str:
        """Tell what a person would not see; empty where all is well."""
        if self.outside:
            return ""
        if not self.open:
            return f"out of sight: {self.where}"
        return "" if self.ring >= RING_PX_MIN else f"no line around: {self.where}"


class Keyboard:
    """Goes from stop to stop, each of which has to be seen.

    Attributes:
        acts: what was chosen or written on the way, each counted once.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.acts = 0
        self._complaints: list[str] = []
        page.on("console", lambda message: self._complaints.append(message.text))
        page.on("pageerror", lambda error: self._complaints.append(str(error)))

    @property
    def main(self) -> Locator:
        """What the page is about."""
        return self.page.locator("main")

    @property
    def told(self) -> Locator:
        """What the page says of the act before; it has the keyboard then."""
        return self.page.locator("main [role=status]:focus")

    @property
    def refused(self) -> Locator:
        """Why the act before was refused; it has the keyboard then."""
        return self.page.locator("main .errors:focus")

    async def stop(self) -> Stop:
        """Tell where the keyboard is."""
        return msgspec.convert(await self.page.evaluate(STOP), Stop)

    async def stops(self) -> AsyncIterator[Stop]:
        """Go through the whole page, stop by stop, until it is left."""
        for _ in range(OF_A_PAGE_MAX):
            await self.page.keyboard.press("Tab")
            stop = await self.stop()
            if stop.outside:
                return
            yield stop
        raise AssertionError("the keyboard never leaves the page")

    async def to(self, words: str, key: str = "Tab") -> None:
        """Go to the first stop whose words, or id after a hash, match."""
        for _ in range(STOPS_MAX):
            await self.page.keyboard.press(key)
            stop = await self.stop()
            assert not stop.fault, stop.fault
            if re.search(words, stop.name):
                return
        raise AssertionError(f"the keyboard does not reach {words}")

    async def skip(self) -> None:
        """Pass over what stands on every page, by its first stop."""
        await self.page.keyboard.press("Tab")
        await expect(self.page.locator(".skip")).to_be_focused()
        await self.page.keyboard.press("Enter")

    async def choose(self, words: str, key: str = "Tab") -> None:
        """Go to something, press it, and wait for the page that it leads to."""
        await self.to(words, key)
        self.acts += 1
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")

    async def jump(self, words: str) -> None:
        """Go to a link that leads to a place on the same page, and follow it."""
        await self.to(words)
        self.acts += 1
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator(":target")).to_be_in_viewport()

    async def write(self, field: str, words: str) -> None:
        """Go to a field by its id, and write into it in place of what was there."""
        await self.to(f"#{field}$")
        self.acts += 1
        await self.page.keyboard.press("ControlOrMeta+A")
        await self.page.keyboard.type(words)

    async def pick(self, words: str, instead: str) -> None:
        """Go to a row of choices by what is chosen there, and choose another."""
        await self.to(instead)
        self.acts += 1
        await self.to(words, "ArrowRight")

    async def close(self) -> None:
        """Go, if the browser has complained of nothing but refusals."""
        said = [each for each in self._complaints if not REFUSED.search(each)]
        assert said == [], said
        await self.page.context.close()


async def signed_in_by_keyboard(stage: Stage, who: str) -> Keyboard:
    """Sign in from the first page, without a mouse."""
    context = await stage.look("light", 1440, "")
    page = await context.new_page()
    await page.goto(stage.address("/sign-in"))
    keyboard = Keyboard(page)
    await keyboard.skip()
    await keyboard.write("name", who)
    await keyboard.write("password", stage.passwords[who])
    await keyboard.choose("^Sign in#")
    if who == CAREFUL:
        await expect(page.locator("#code")).to_be_focused()
        await page.keyboard.type(stage.codes.pop())
        await keyboard.choose("^Go on#")
    assert page.url == stage.address("/home")
    keyboard.acts = 0
    return keyboard
