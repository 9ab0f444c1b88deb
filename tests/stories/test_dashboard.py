"""The laptop's own page: driven as a person does it, in a real Chromium; its pictures are kept in `build/pictures`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from notesync import pairing
from playwright.sync_api import Page, expect

from tests.commands import places
from tests.harness import wait, world
from tests.harness.browser import Browser
from tests.harness.follower import EMPTY_TREE, Follower
from tests.harness.http import ask
from tests.harness.laptop import Laptop

pytestmark = [pytest.mark.browser]
PICTURES = places.BUILD / "pictures"


class Desk:
    """The laptop with its server and its browser; `follower` is paired and has applied some batches."""

    def __init__(self, laptop: Laptop, browser: Browser) -> None:
        self.laptop = laptop
        self.browser = browser

    def dashboard(self) -> Page:
        page = self.browser.open(self.laptop.until_event("ready")["dashboard"])
        expect(page.locator("#state")).to_have_text("watching")
        return page

    def history(self, follower: Follower, saves: int) -> None:
        """Some batches, each applied and reported as the kernel's side does it."""
        offer = follower.next(None, EMPTY_TREE)
        self.applied(follower, offer.head["batch"], 180)
        cursor, tree = follower.place_of(offer)
        for number in range(saves):
            self.laptop.save("shop/cart.py", f"TOTAL = {number + 1}\n")
            offer = follower.next(cursor, tree, fresh=True)
            cursor, tree = follower.place_of(offer)
            self.applied(follower, offer.head["batch"], 12 + 7 * number % 30)

    def applied(self, follower: Follower, batch: dict[str, object], millis: int) -> None:
        timings = {"received": millis // 3, "staged": millis // 2, "applied": millis}
        follower.report(state="applied", batch=batch["batch"], cursor=batch["to"], timings=timings)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    source = tmp_path / "laptop" / "shop"
    for name, text in {
        "shop/__init__.py": "",
        "shop/cart.py": "TOTAL = 0\n",
        "data/table.csv": "a,b\n" * 100,
        ".gitignore": "*.log\nbuild/\n",
        "run.log": "…",
        "build/x.o": "",
        ".env": "SECRET=1\n",
        "aux.py": "",
        "notes/Plan.md": "",
        "notes/plan.md": "",
    }.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (source / "outside").symlink_to("/etc/hosts")
    home = tmp_path / "laptop" / "home"
    logs = tmp_path / "logs"
    with (
        Laptop(source, home, world.environment(home), logs, "--json") as laptop,
        Browser(tmp_path / "profile", logs) as browser,
    ):
        yield Desk(laptop, browser)


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"dashboard-{name}.png", full_page=True)


def scrolls_sideways(page: Page, part: str) -> bool:
    return bool(page.locator(part).evaluate("part => part.scrollWidth > part.clientWidth"))


def test_everything_is_on_one_page(desk: Desk) -> None:
    late = Follower(desk.laptop, "late.ipynb")
    late.introduce("late.ipynb")
    desk.history(late, 0)
    follower = Follower(desk.laptop, "analysis.ipynb")
    follower.introduce("analysis.ipynb")
    desk.history(follower, 14)
    page = desk.dashboard()
    expect(page).to_have_title(re.compile("shop"))
    replicas = page.locator("#replicas")
    expect(replicas).to_contain_text("analysis.ipynb")
    expect(replicas.locator(".pill.good")).to_have_text("at #15")
    expect(replicas.locator(".pill.soft")).to_have_text("#1, 14 behind")
    rows = page.locator("#batches tbody tr")
    expect(rows.first).to_contain_text("#15")
    expect(rows.first).to_contain_text("1 change")
    expect(page.locator("#batches svg g")).to_have_count(16)
    for leg in ("save → batch", "on the way", "checked", "applied"):
        expect(page.locator("#batches th", has_text=leg)).to_be_visible()
    problems = page.locator("#problems")
    for path in ("aux.py", "outside", "notes/plan.md"):
        expect(problems.locator("li", has_text=path)).to_contain_text("To do: ")
    page.get_by_text("Ignored paths").click()
    ignored = page.locator("#ignored")
    expect(ignored.locator("li", has_text="run.log")).to_contain_text("*.log in .gitignore, line 1")
    expect(ignored.locator("li", has_text=".env")).to_contain_text("built in")
    page.locator("#ignored-filter").fill("build")
    expect(ignored.locator("li")).to_have_count(1)
    # Through the page: the notebook's machine has a 127.0.0.1 of its own.
    expect(page.locator("#cells")).to_contain_text(f"%load_ext notesync\n%notesync connect --page {desk.laptop.url}")
    assert not scrolls_sideways(page, ".scroll")
    expect(page.locator("#served")).to_contain_text("#15")
    picture(page, "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(17, 22, 29)")
    picture(page, "dark")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not scrolls_sideways(page, "html")
    assert not scrolls_sideways(page, ".scroll")
    picture(page, "narrow")
    assert not [line for line in desk.browser.console if line.startswith(("error", "pageerror"))]


def test_a_save_appears_by_itself(desk: Desk) -> None:
    page = desk.dashboard()
    expect(page.locator("#replicas")).to_contain_text("run the lines under “Follow this project in a notebook”")
    expect(page.get_by_role("heading", name="Follow this project in a notebook")).to_be_visible()
    desk.laptop.save("shop/new.py", "x = 1\n")
    expect(page.locator("#activity li").first).to_contain_text("shop/new.py")
    expect(page.locator("#served")).to_contain_text("#2")


def test_a_pairing_is_answered_and_revoked_by_keyboard_alone(desk: Desk) -> None:
    page = desk.dashboard()
    client = {"kind": "kernel", "label": "by keyboard", "machine": "m"}
    secret = pairing.Secret.drawn()
    asked = ask(desk.laptop.port, "POST", "/v1/pairings", body={"commit": secret.commit, "client": client})
    assert asked.status == 201
    card = page.locator("[data-pairing]")
    expect(card).to_contain_text(str(desk.laptop.source))
    expect(page.locator("[data-role=code]")).to_be_focused()
    page.keyboard.type("AAAAAA")
    expect(card.locator("[data-role=allow]")).to_be_enabled()
    page.keyboard.press("Enter")
    expect(card.locator("[role=status]")).to_contain_text("not the code")
    page.keyboard.type(pairing.code(secret.commit, pairing.KERNEL_ORIGIN))
    page.keyboard.press("Enter")
    expect(card.locator("[role=status]")).to_contain_text("Allowed")
    revoke = page.locator("#pairings [data-role=revoke]")
    expect(page.locator("#pairings")).to_contain_text("by keyboard")
    for _ in range(40):
        page.keyboard.press("Tab")
        if revoke.evaluate("button => button === document.activeElement"):
            break
    expect(revoke).to_be_focused()
    # Another one in the list draws it anew, under the hands of who is there.
    Follower(desk.laptop, "other.ipynb")
    expect(revoke).to_have_count(2)
    expect(page.get_by_role("button", name="Revoke by keyboard on m, without a browser")).to_be_focused()
    page.keyboard.press("Enter")
    expect(revoke).to_have_count(1)
    expect(page.locator("#pairings")).not_to_contain_text("by keyboard")
    expect(page.locator("#activity")).to_contain_text("ended: 'by keyboard' may no longer read the project")


def test_a_notebook_is_remembered_where_the_user_ticks_it(desk: Desk) -> None:
    page = desk.dashboard()
    client = {"kind": "kernel", "label": "nightly", "machine": "m"}
    secret = pairing.Secret.drawn()
    ask(desk.laptop.port, "POST", "/v1/pairings", body={"commit": secret.commit, "client": client})
    card = page.locator("[data-pairing]")
    card.locator("[data-role=code]").fill(pairing.code(secret.commit, pairing.KERNEL_ORIGIN))
    until = card.locator("[data-role=until]")
    expect(until).to_have_text("you revoke it, the server stops, or nobody used it for 12 hours")
    card.get_by_label("Also when the server is started again").check()
    expect(until).to_have_text("you revoke it, or nobody used it for 12 hours")
    picture(page, "asks")
    card.locator("[data-role=allow]").click()
    expect(page.locator("#pairings")).to_contain_text("remembered")
    desk.laptop.restart()
    again = desk.dashboard()
    expect(again.locator("#pairings")).to_contain_text("nightly")


def test_a_revoked_notebook_gets_nothing_more(desk: Desk) -> None:
    follower = Follower(desk.laptop)
    page = desk.dashboard()
    page.locator("[data-role=revoke]").click()
    expect(page.locator("#pairings")).to_contain_text("Nobody")
    token = f"Bearer {follower.token}"
    assert ask(desk.laptop.port, "GET", "/v1/project", Authorization=token).code == "token_unknown"


def test_a_notebook_that_is_revoked_while_it_waits_hears_so_at_once_and_not_of_the_next_save(desk: Desk) -> None:
    follower = Follower(desk.laptop)
    follower.introduce("waits.ipynb")
    cursor, tree = follower.place_of(follower.next(None, EMPTY_TREE))
    asked = {"cursor": cursor, "tree": tree, "wait_ms": 25_000, "inline": 262_144, "encodings": ["gzip"]}
    path, token = f"/v1/replicas/{follower.id}/next", f"Bearer {follower.token}"
    page = desk.dashboard()
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(ask, desk.laptop.port, "POST", path, body=asked, Authorization=token)
        page.locator("[data-role=revoke]").click()
        expect(page.locator("#pairings")).to_contain_text("Nobody")
        desk.laptop.save("secret.py", "SINCE = 'revoked'\n")
        answer = waiting.result(20)
    assert (answer.status, answer.code) == (401, "token_unknown")
    assert b"secret" not in answer.body


def test_a_halt_is_answered_here(desk: Desk) -> None:
    follower = Follower(desk.laptop)
    follower.introduce("careful.ipynb")
    offer = follower.next(None, EMPTY_TREE)
    batch = offer.head["batch"]["batch"]
    message = "this batch would remove 40 of 42 files"
    cursor = {**follower.place_of(offer)[0], "sequence": 0}
    follower.report(state="halted", batch=batch, cursor=cursor, error={"code": "halted", "message": message})
    page = desk.dashboard()
    card = page.locator("[data-halt]")
    expect(card).to_contain_text(message)
    picture(page, "halt")
    card.locator("[data-role=decline]").click()
    expect(card).to_have_count(0)
    assert follower.next(None, EMPTY_TREE).head["declined"] == [batch]


def test_the_progress_of_a_first_sync_is_shown(desk: Desk) -> None:
    desk.laptop.save_bytes("data/big.bin", bytes(range(256)) * 40_000)
    follower = Follower(desk.laptop, "first.ipynb")
    follower.introduce("first.ipynb")
    offer = follower.next(None, EMPTY_TREE, fresh=True, encodings=["identity"], inline=1000)
    batch = offer.head["batch"]["batch"]
    again = {"encodings": ["identity"], "inline": 0}
    wait.until(lambda: follower.next(None, EMPTY_TREE, **again).head["batch"]["stream_size"], "the stream is made")
    page = desk.dashboard()
    for offset in range(0, 5_000_000, 1_000_000):
        follower.chunk(batch, offset, 1_000_000)
    expect(page.locator("#progress")).to_be_visible()
    expect(page.locator("#progress-line")).to_contain_text(" of 10 MB · 4")
    picture(page, "progress")
    expect(page.locator("#progress")).to_be_hidden()


def test_without_its_link_the_page_tells_nothing(desk: Desk) -> None:
    page = desk.browser.open(f"{desk.laptop.url}/")
    expect(page.locator("#locked")).to_be_visible()
    expect(page.locator("#state")).to_be_hidden()
    assert "cart" not in page.content()
    assert str(desk.laptop.source) not in page.content()
    picture(page, "locked")


def test_a_server_that_is_gone_is_said(desk: Desk) -> None:
    page = desk.dashboard()
    desk.laptop.server.kill()
    expect(page.locator("#state")).to_have_text("the server does not answer")
