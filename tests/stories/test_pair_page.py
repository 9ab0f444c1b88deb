"""The page on which a pairing is answered, when the server opened it: each state, with pictures of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from notesync import pairing
from playwright.sync_api import Page, expect

from tests.commands import places
from tests.harness.browser import Browser
from tests.harness.http import ask
from tests.harness.laptop import Laptop

pytestmark = [pytest.mark.browser]
PICTURES = places.BUILD / "pictures"
ORIGIN = "https://hub.example"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with Browser(tmp_path / "profile", tmp_path / "logs") as browser:
        yield browser


def asked(laptop: Laptop, label: str) -> str:
    """A page at `ORIGIN` asks; returns the code that it shows."""
    client = {"kind": "page", "label": label, "machine": ""}
    secret = pairing.Secret.drawn()
    answer = ask(laptop.port, "POST", "/v1/pairings", body={"commit": secret.commit, "client": client}, Origin=ORIGIN)
    assert answer.status == 201, answer.body
    return pairing.code(secret.commit, ORIGIN)


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"pair-{name}.png", full_page=True)


def test_it_says_who_asks_for_what_and_for_how_long(laptop: Laptop, browser: Browser) -> None:
    link = laptop.until_event("ready")["dashboard"]
    page = browser.open(link)
    page.set_viewport_size({"width": 900, "height": 720})
    page.goto(f"{laptop.url}/pair")
    expect(page.locator("#none")).to_contain_text("Press Connect in the notebook")
    picture(page, "nobody")
    code = asked(laptop, "analysis.ipynb")
    card = page.locator("[data-pairing]")
    for told in ("analysis.ipynb", ORIGIN, str(laptop.source), "12 hours"):
        expect(card).to_contain_text(told)
    assert code not in page.content(), "the code is carried over by the user"
    picture(page, "asks")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 340, "height": 720})
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    picture(page, "asks-dark-narrow")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 900, "height": 720})
    field = page.get_by_label("Code that the notebook shows")
    field.fill("AAAAAA")
    page.mouse.move(100, 100)
    allow = page.get_by_role("button", name="Allow")
    expect(allow).to_be_enabled()
    allow.click()
    expect(card.get_by_role("status")).to_contain_text("That is not the code")
    picture(page, "wrong")
    field.fill(code)
    allow.click()
    expect(card.get_by_role("status")).to_contain_text("Allowed")
    picture(page, "allowed")


def test_a_refusal_by_one_click(laptop: Laptop, browser: Browser) -> None:
    page = browser.open(laptop.until_event("ready")["dashboard"])
    page.goto(f"{laptop.url}/pair")
    asked(laptop, "analysis.ipynb")
    page.get_by_role("button", name="Refuse").click()
    expect(page.locator("[data-pairing]").get_by_role("status")).to_have_text("Refused.")


def test_without_the_link_it_tells_nobody_who_asks(laptop: Laptop, browser: Browser) -> None:
    asked(laptop, "analysis.ipynb")
    page = browser.open(f"{laptop.url}/pair")
    expect(page.locator("#locked")).to_be_visible()
    assert not re.search(f"analysis|{re.escape(str(laptop.source))}", page.content())
    picture(page, "locked")
