"""The page in a browser: filters, links, keyboard, dark and print, and that it asks nobody for anything."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")

from report_example import make_example  # noqa: E402  (what follows needs playwright)
from test_report_hostile import ATTACK, CONTROL, hostile  # noqa: E402
from test_report_html import many  # noqa: E402

from builders import make_analysis, make_finding, make_site  # noqa: E402
from portgauge.model.analysis import Analysis  # noqa: E402
from portgauge.model.rule import Automation, Severity  # noqa: E402
from portgauge.reporting.formats import FORMATS, RenderOptions  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        made = started.chromium.launch(executable_path=CHROMIUM)
        yield made
        made.close()


class Visit:
    """A page that was opened, and what it asked for or complained about."""

    def __init__(self, browser: Any, path: Path, **context: Any) -> None:
        self.context = browser.new_context(accept_downloads=True, **context)
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.address = path.as_uri()

    def open(self, anchor: str = "") -> Any:
        # A new document each time, also when only what follows "#" differs.
        self.page.goto("about:blank")
        self.page.goto(self.address + anchor)
        self.asked = [url for url in self.asked if url != "about:blank"]
        return self.page


def written(analysis: Analysis, folder: Path) -> Path:
    path = folder / "report.html"
    path.write_bytes(FORMATS["html"].render(analysis, RenderOptions()))
    return path


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(make_example(), tmp_path_factory.mktemp("page"))


@pytest.fixture
def visit(browser: Any, example: Path) -> Iterator[Visit]:
    made = Visit(browser, example, viewport={"width": 1440, "height": 900})
    yield made
    made.context.close()


def rows(page: Any) -> int:
    """Return how many places are shown or one click away: not hidden by the filter."""
    return int(page.locator("details.rule:not([hidden]) tbody tr:not([hidden])").count())


def test_nothing_is_asked_of_any_host_and_nothing_complains(visit: Visit) -> None:
    page = visit.open()
    page.locator("input[name=q]").fill("lane")
    page.mouse.wheel(0, 20_000)

    assert visit.asked == [visit.address]
    assert visit.complaints == []


def test_filters_narrow_the_list_and_say_how_many_are_left(visit: Visit) -> None:
    page = visit.open()
    everything = rows(page)

    page.locator("select[name=category]").select_option("warp")

    warp = rows(page)
    assert 0 < warp < everything
    assert page.locator("#count").inner_text() == f"{warp} of {everything} places"
    page.locator("input[name=q]").fill("mask")
    assert 0 < rows(page) < warp
    page.locator("button[type=reset]").click()
    page.wait_for_function("document.querySelector('#count').textContent.endsWith('listed')")
    assert rows(page) == everything


def test_the_view_stands_in_the_address_and_comes_back_from_it(visit: Visit) -> None:
    page = visit.open()
    page.locator("select[name=gpu]").select_option("gfx1100")
    page.locator("select[name=severity]").select_option("critical")
    page.locator("input[name=q]").fill("infer/engine")
    page.locator("select[name=sort]").select_option("places")
    shown, hash_ = rows(page), page.evaluate("location.hash")

    again = visit.open(hash_)

    assert hash_.startswith("#findings?q=infer%2Fengine&gpu=gfx1100&severity=critical")
    assert rows(again) == shown > 0
    assert again.locator("select[name=sort]").input_value() == "places"


def test_an_address_that_nobody_would_write_does_no_harm(visit: Visit) -> None:
    page = visit.open("#findings?q=%E0%A4%A&severity=none%20such&colour=red&component=%3Cb%3E")

    assert visit.complaints == []
    assert rows(page) > 0


def test_a_link_to_a_finding_opens_it_although_a_filter_hides_it(visit: Visit) -> None:
    page = visit.open()
    first = page.locator("details.rule tbody tr").first.get_attribute("id")
    page.locator("input[name=q]").fill("no such text")
    assert rows(page) == 0

    page.evaluate(f"location.hash = '{first}'")

    page.locator(f"#{first}").wait_for(state="visible")


def test_a_number_opens_its_arithmetic_and_a_line_its_places(visit: Visit) -> None:
    page = visit.open()
    cell = page.locator("table.components tbody a[href^='#a-']").first
    aim = str(cell.get_attribute("href"))

    cell.click()

    page.locator(f"{aim} table").first.wait_for(state="visible")
    line = page.locator("#hours details a[data-filter]").first
    page.evaluate("document.querySelectorAll('#hours details').forEach(each => each.open = true)")
    everything = page.locator("details.rule tbody tr").count()
    line.click()
    page.wait_for_function("location.hash.startsWith('#findings?work=')")
    assert 0 < rows(page) < everything


def test_groups_are_sorted_by_work_and_by_number_of_places(visit: Visit) -> None:
    page = visit.open()
    worst = page.locator("details.rule").first.get_attribute("id")

    page.locator("select[name=sort]").select_option("work")

    work = [float(w) for w in page.locator("details.rule").evaluate_all("all => all.map(each => each.dataset.w)")]
    assert work == sorted(work, reverse=True)
    page.locator("select[name=sort]").select_option("")
    assert page.locator("details.rule").first.get_attribute("id") == worst


def test_the_csv_holds_the_rows_of_the_view(visit: Visit, tmp_path: Path) -> None:
    page = visit.open()
    page.locator("select[name=category]").select_option("texture")
    with page.expect_download() as saving:
        page.locator("#csv").click()

    saving.value.save_as(tmp_path / "view.csv")

    lines = (tmp_path / "view.csv").read_text().splitlines()
    assert lines[0].startswith('"rule","category","where"')
    assert len(lines) == 1 + rows(page)
    assert all('"texture"' in line for line in lines[1:])


def test_the_keyboard_reaches_search_filters_and_groups(visit: Visit) -> None:
    page = visit.open()

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    page.keyboard.type("mask")
    assert page.evaluate("document.activeElement.name") == "q"
    narrowed = rows(page)
    page.keyboard.press("Escape")
    page.wait_for_function("document.querySelector('#count').textContent.endsWith('listed')")
    assert rows(page) > narrowed
    summary = page.locator("details.rule > summary").first
    was_open = page.locator("details.rule").first.get_attribute("open") is not None
    summary.focus()
    page.keyboard.press("Enter")
    assert (page.locator("details.rule").first.get_attribute("open") is not None) is not was_open


def test_the_match_is_marked_and_its_line_numbered(visit: Visit) -> None:
    page = visit.open()
    row = page.locator("details.rule tbody tr", has=page.locator("mark")).first

    assert row.locator("mark").inner_text() in row.locator("pre").inner_text()
    assert re.match(r"\s*\d+", row.locator("pre").inner_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_serious_defect_of_access_in_light_and_dark(browser: Any, example: Path, scheme: str, width: int) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install '.[dev]'"
    )
    visit = Visit(browser, example, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    page = visit.open()

    found = axe.Axe().run(page).response["violations"]

    serious = [
        (each["id"], each["nodes"][0]["html"][:200], each["nodes"][0].get("failureSummary", "")[:300])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    visit.context.close()
    assert serious == []


def test_a_narrow_screen_needs_no_scrolling_sideways(browser: Any, example: Path) -> None:
    visit = Visit(browser, example, viewport={"width": 390, "height": 800})
    page = visit.open()

    width = page.evaluate("document.documentElement.scrollWidth")

    visit.context.close()
    assert width <= 390


def test_a_long_name_of_a_rule_is_wrapped_on_a_narrow_screen(browser: Any, tmp_path: Path) -> None:
    site = make_site("cudnn/CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM_AND_MORE", line=3)
    finding = make_finding(site=site, automation=Automation.MANUAL, severity=Severity.HIGH)
    visit = Visit(
        browser, written(make_analysis(findings=(finding,)), tmp_path), viewport={"width": 390, "height": 800}
    )

    page = visit.open()
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    width = page.evaluate("document.documentElement.scrollWidth")
    visit.context.close()

    assert width <= 390


def test_dark_is_dark_and_print_is_white_without_navigation(browser: Any, example: Path) -> None:
    visit = Visit(browser, example, color_scheme="dark")
    page = visit.open()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(media="print")
    printed = page.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = page.evaluate("getComputedStyle(document.body).color")
    is_shown = page.locator("nav").is_visible()

    visit.context.close()
    assert max(map(int, re.findall(r"\d+", dark)[:3])) < 60
    assert printed == "rgb(255, 255, 255)"
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 80
    assert not is_shown


def test_without_javascript_everything_is_there(browser: Any, example: Path) -> None:
    visit = Visit(browser, example, java_script_enabled=False)
    page = visit.open()
    shown = page.locator("details.rule tbody tr").count()
    is_filter_shown = page.locator("#filter").is_visible()

    visit.context.close()
    assert shown > 30
    assert not is_filter_shown


def test_ten_thousand_findings_are_usable(browser: Any, tmp_path: Path) -> None:
    visit = Visit(browser, written(many(10_000), tmp_path))
    page = visit.open()
    search = "document.querySelector('input[name=q]')"
    milliseconds = page.evaluate(
        f"() => {{ const from = performance.now(); {search}.value = 'file_77'; "
        f"{search}.dispatchEvent(new Event('input', {{bubbles: true}})); return performance.now() - from; }}"
    )
    shown = page.locator("#count").inner_text()

    visit.context.close()
    assert re.fullmatch(r"\d+ of 10000 places", shown)
    assert milliseconds < 3_000


def test_a_long_group_is_shown_page_by_page(browser: Any, tmp_path: Path) -> None:
    visit = Visit(browser, written(many(10_000), tmp_path))
    page = visit.open()
    group = page.locator("details.rule").first
    group.locator("summary").click()
    before = group.locator("tbody tr:not([hidden])").count()

    group.locator("button.more").click()

    after, of = group.locator("tbody tr:not([hidden])").count(), group.locator("tbody tr").count()
    visit.context.close()
    assert (before, after) == (50, of) == (50, 250)


@pytest.mark.parametrize("text", [ATTACK, CONTROL])
def test_hostile_text_runs_nothing(browser: Any, tmp_path: Path, text: str) -> None:
    visit = Visit(browser, written(hostile(text), tmp_path))
    asked: list[str] = []
    visit.page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page = visit.open()
    page.locator("input[name=q]").fill("<script>")

    visit.context.close()
    assert asked == []
    assert visit.complaints == []
    assert visit.asked == [visit.address]
