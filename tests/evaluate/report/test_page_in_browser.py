from pathlib import Path

import pytest

from interp.evaluate.report.conclude import conclude
from tests import browser
from tests.evaluate.report.test_page import QUICK, save, short_runs

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
