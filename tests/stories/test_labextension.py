"""The extension as a person meets it, in JupyterLab 4 and Notebook 7: item, menu, palette, settings, panel, looks."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page

from tests.commands import places
from tests.harness import wait
from tests.harness.paged import PANEL, PagedStack

pytestmark = [pytest.mark.browser]
PICTURES = places.BUILD / "screenshots"
TOTAL = "import shop.cart; print(shop.cart.total())"
# What a page offers to scripts of its own is asked for the theme only; everything else is done by hand.
EXPOSED = {"lab": "--LabApp.expose_app_in_browser=True", "notebook": "--JupyterNotebookApp.expose_app_in_browser=True"}
MENU = ["Connect", "Show or Hide the Panel", "Pause", "Resume", "Show the Log", "Show Kept Files"]
MENU += ["Show on the Laptop", "Settings"]


# Before any script of the page: notes each timer, frame and socket that was asked for by the extension's code, and ran.
NOTES_TIMERS = """
window.ours = [];
for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback']) {
  const original = window[name];
  window[name] = (run, ...more) => {
    const { stack } = new Error();
    const noted = (...given) => {
      if (stack.includes('/extensions/notesync/')) window.ours.push(`${name} ${stack}`);
      return typeof run === 'function' ? run(...given) : eval(run);
    };
    return original.call(window, noted, ...more);
  };
}
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    const { stack } = new Error();
    if (stack.includes('/extensions/notesync/')) window.ours.push(`socket ${stack}`);
  }
};
"""


@pytest.fixture(scope="module", params=["lab", "notebook"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PagedStack]:
    """One for all that look at it; each leaves it connected."""
    app = str(request.param)
    place = tmp_path_factory.mktemp(app) / "stack"
    with PagedStack(place, app=app, cells=(TOTAL, "1"), inside=True, jupyter_options=(EXPOSED[app],)) as made:
        yield made
        # JupyterLab's own, of the document that was opened.
        shutil.rmtree(made.replica / "shop" / ".ipynb_checkpoints", ignore_errors=True)


@pytest.fixture
def page(stack: PagedStack) -> Page:
    return stack.page.page


def item(page: Page) -> Locator:
    """The item in the status bar of JupyterLab, in the menu bar of Notebook 7."""
    return page.get_by_role("button", name=re.compile(r"^notesync: "))


def open_menu(page: Page) -> Locator:
    item(page).click()
    menu = page.get_by_role("menu").filter(has_text="Show Kept Files")
    menu.wait_for()
    return menu


def choose(page: Page, entry: str) -> None:
    open_menu(page).get_by_role("menuitem", name=entry, exact=True).click()


def look(stack: PagedStack, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    stack.page.page.screenshot(path=PICTURES / f"{stack.jupyter.app}-{name}.png")


def test_the_item_says_how_it_stands_and_its_menu_has_everything(stack: PagedStack, page: Page) -> None:
    item(page).filter(has_text=re.compile(r"shop · \d+")).wait_for()
    assert item(page).get_attribute("aria-haspopup") == "menu"
    menu = open_menu(page)
    shown = [entry.inner_text().strip() for entry in menu.get_by_role("menuitem").all() if entry.is_visible()]
    # Notebook 7 has its settings in the page of files.
    assert shown == (MENU if stack.jupyter.app == "lab" else MENU[:-1])
    look(stack, "menu-light")
    page.keyboard.press("Escape")


def test_pause_holds_back_and_resume_catches_up(stack: PagedStack, page: Page) -> None:
    choose(page, "Pause")
    page.get_by_role("button", name=re.compile("notesync: paused")).wait_for()
    stack.laptop.save("shop/cart.py", "def total():\n    return 'after the pause'\n")
    shown = stack.run(0)
    assert "after the pause" not in shown
    assert "the laptop could not be asked (notesync is paused in the page: Resume in its menu goes on)" in shown
    menu = open_menu(page)
    assert not menu.get_by_role("menuitem", name="Connect", disabled=False).count(), "it would do nothing"
    page.keyboard.press("Escape")
    choose(page, "Resume")
    stack.until_connected()
    wait.until(lambda: "after the pause" in stack.run(0), "what was saved arrives")


@pytest.mark.parametrize(
    ("entry", "command"), [("Show the Log", "%notesync log"), ("Show Kept Files", "%notesync kept")]
)
def test_log_and_kept_files_are_shown_by_a_cell_that_can_be_repeated(
    stack: PagedStack, page: Page, entry: str, command: str
) -> None:
    stack.page.cell(stack.cell(1)).locator(".cm-content").click()
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    before = cells.count()
    choose(page, entry)
    wait.until(lambda: cells.count() == before + 1, "a cell is added")
    added = cells.filter(has_text=command)
    added.locator(".jp-OutputArea-output").first.wait_for()


def test_the_palette_has_every_command(page: Page) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Shift+C")
    search = page.locator(".lm-CommandPalette-input")
    search.fill("notesync")
    found = page.locator(".lm-CommandPalette-item .lm-CommandPalette-itemLabel")
    found.first.wait_for()
    assert set(found.all_inner_texts()) >= {"Connect", "Show or Hide the Panel", "Show the Log", "Show Kept Files"}
    page.keyboard.press("Escape")


def test_the_panel_stays_away_until_it_is_asked_for_and_reads_well(stack: PagedStack, page: Page) -> None:
    panel = page.locator(PANEL)
    stack.page.cell(stack.cell(1)).locator(".cm-content").click()
    show_panel(page)
    assert panel.get_by_role("status").inner_text().startswith("shop")
    for button in panel.get_by_role("button").all():
        assert button.get_attribute("aria-label")
    look(stack, "panel-light")
    change_theme(page, "JupyterLab Dark")
    page.locator(f"{PANEL}.dark").wait_for()
    look(stack, "panel-dark")
    change_theme(page, "JupyterLab Light")
    page.locator(f"{PANEL}.dark").wait_for(state="detached")
    page.set_viewport_size({"width": 500, "height": 800})
    box = panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 500
    assert item(page).is_visible(), "it brings the panel back"
    look(stack, "panel-narrow")
    page.set_viewport_size({"width": 1280, "height": 900})
    hide_panel(page)


def show_panel(page: Page) -> None:
    choose(page, "Show or Hide the Panel")
    page.locator(PANEL).get_by_role("status").wait_for()


def hide_panel(page: Page) -> None:
    page.locator(PANEL).get_by_role("button", name="Hide").click()
    page.locator(PANEL).get_by_role("status").wait_for(state="hidden")


def change_theme(page: Page, theme: str) -> None:
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    light = "true" if "Light" in theme else "false"
    page.locator(f"body[data-jp-theme-light='{light}']").wait_for(state="attached")


def test_the_settings_are_there_and_run_can_be_told_not_to_wait(stack: PagedStack, page: Page) -> None:
    if stack.jupyter.app == "lab":
        choose(page, "Settings")
        editor = page
    else:
        editor = stack.browser.open(f"{stack.jupyter.url}tree?token={stack.jupyter.token}")
        editor.get_by_role("menuitem", name="Settings", exact=True).click()
        editor.get_by_role("menuitem", name="Settings Editor").click()
        editor.locator(".jp-PluginList").get_by_text("notesync", exact=True).click()
    form = editor.locator(".jp-SettingsPanel")
    for title in ("Connect when a notebook opens", "Run waits for what was saved", "Longest wait before a cell runs"):
        form.get_by_text(title).first.wait_for()
    if editor is not page:
        editor.close()
        return
    look(stack, "settings-light")
    page.locator(".lm-TabBar-tab", has_text="story.ipynb").first.click()


def test_an_open_document_with_unsaved_edits_is_warned_about_when_its_file_changes(
    stack: PagedStack, page: Page
) -> None:
    if stack.jupyter.app != "lab":
        pytest.skip("a page of Notebook 7 shows one document, and this is another's page")
    listing = page.locator(".jp-DirListing-content")
    for name in ("shop", "shop", "cart.py"):
        listing.get_by_text(name, exact=True).first.dblclick()
        if name != "cart.py":
            page.locator(".jp-BreadCrumbs-item", has_text="shop").nth(0).wait_for()
    editor = page.locator(".jp-FileEditor .cm-content")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("# mine")
    page.locator(".lm-TabBar-tab", has_text="story.ipynb").first.click()
    stack.laptop.save("shop/cart.py", "def total():\n    return 'newer'\n")
    assert "newer" in stack.run(0)
    warning = page.locator(".Toastify__toast", has_text="has changed on your laptop. Copy your unsaved edits")
    warning.wait_for()
    # It slides in.
    wait.until(lambda: (warning.bounding_box() or {"x": 0, "width": 9999})["x"] + 100 < 1280, "the warning stands")
    look(stack, "dirty-light")
    # Nothing of the edits is lost by the warning.
    assert "# mine" in (page.locator(".jp-FileEditor .cm-content").text_content() or "")


def test_a_script_beside_the_extension_wakes_it_and_shows_nothing_of_its_own(stack: PagedStack, page: Page) -> None:
    stack.page.cell(stack.cell(1)).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("import notesync; from IPython.display import HTML, display; from notesync import display as d")
    page.keyboard.type("; app = notesync._app; o = app._offer; from notesync.messages import comm as w")
    page.keyboard.type("; t = w.offer(app.session.kernel, app.session.laptop_url, 'x')")
    page.keyboard.type("; display(HTML(d.Offer(t)._html(d.browser_script()))); print(len(app.pages._pages))")
    assert stack.run(1).endswith("1")
    stack.laptop.save("shop/cart.py", "def total():\n    return 'one of two'\n")
    assert "one of two" in stack.run(0)
    assert page.locator(PANEL).count() == 1


def test_a_page_without_notesync_loads_little_and_does_nothing(stack: PagedStack) -> None:
    stack.jupyter.write("other.ipynb", "1")
    asked: list[str] = []
    other = stack.browser.context.new_page()
    other.on("request", lambda request: asked.append(request.url))
    other.add_init_script(NOTES_TIMERS)
    try:
        other.goto(stack.jupyter.page("other.ipynb"))
        other.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        other.locator(
            ".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status=idle], .jp-NotebookKernelStatus-idle"
        )
        other.wait_for_load_state("networkidle")
        ours = {url for url in asked if "/extensions/notesync/" in url and url.split("?")[0].endswith(".js")}
        sizes = [len(other.request.get(url).body()) for url in ours]
        assert 0 < sum(sizes) <= 30_000, sizes
        assert not [url for url in asked if url.startswith(stack.laptop.url)]
        assert other.locator(PANEL).count() == 0
        assert other.evaluate("window.ours") == [], "nothing of ours runs by a timer"
    finally:
        other.close()
