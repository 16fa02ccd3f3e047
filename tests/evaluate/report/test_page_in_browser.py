from pathlib import Path

import pytest

from interp.evaluate.report.conclude import conclude
from tests import browser
from tests.fakes.run_folders import QUICK, save, short_runs

BROWSER = browser.find()

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    save(out, *short_runs())
    conclude(out, QUICK)
    return out / "report.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_the_curves_and_asks_for_nothing_else(
    tmp_path: Path, report: Path, scheme: str
) -> None:
    assert BROWSER is not None
    with browser.opened(BROWSER, tmp_path) as tab:
        scheme_feature = {"name": "prefers-color-scheme", "value": scheme}
        tab.ask("Emulation.setEmulatedMedia", features=[scheme_feature])
        tab.ask("Page.navigate", url=report.as_uri())
        tab.wait_for("Page.loadEventFired")
        drawn = tab.evaluate(
            "[...document.querySelectorAll('figure svg')[0].querySelectorAll('polyline')]"
            ".map(line => getComputedStyle(line).stroke)"
        )
        width = tab.evaluate("document.querySelector('svg.chart').getBoundingClientRect().width")
        paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert len(drawn) == 2
    assert len(set(drawn)) == 1  # solid and dashed of one family share its colour
    assert drawn[0].startswith("rgb(")
    assert width > 300
    dark = sum(map(int, paper.removeprefix("rgb(").rstrip(")").split(","))) < 200
    assert dark is (scheme == "dark")
    fetched = [each["request"]["url"] for each in tab.told("Network.requestWillBeSent")]
    assert [url for url in fetched if not url.startswith("data:")] == [report.as_uri()]
    assert tab.told("Runtime.consoleAPICalled") == []
    assert tab.told("Runtime.exceptionThrown") == []
    assert tab.told("Log.entryAdded") == []


def test_a_browser_shows_the_curves_file_by_itself(tmp_path: Path, report: Path) -> None:
    assert BROWSER is not None
    with browser.opened(BROWSER, tmp_path) as tab:
        tab.ask("Page.navigate", url=report.with_name("curves.svg").as_uri())
        tab.wait_for("Page.loadEventFired")
        stroke = tab.evaluate("getComputedStyle(document.querySelector('polyline')).stroke")
        fill = tab.evaluate("getComputedStyle(document.querySelector('circle.mark')).fill")
        errors = tab.evaluate("document.querySelectorAll('parsererror').length")
    assert stroke == fill == "rgb(31, 111, 139)"
    assert errors == 0


def test_on_a_narrow_screen_tables_scroll_and_the_page_does_not(
    tmp_path: Path, report: Path
) -> None:
    assert BROWSER is not None
    with browser.opened(BROWSER, tmp_path) as tab:
        size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
        tab.ask("Emulation.setDeviceMetricsOverride", **size)
        tab.ask("Page.navigate", url=report.as_uri())
        tab.wait_for("Page.loadEventFired")
        page = tab.evaluate("document.documentElement.scrollWidth")
        table = tab.evaluate("document.querySelector('.scroll').scrollWidth")
    assert page <= 390
    assert table > 390
