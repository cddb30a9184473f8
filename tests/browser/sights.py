"""Each page looked at once with everything measured, so that many tests may speak of one look."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.browser.pages import Look
from tests.browser.visitor import Visitor

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text()
FINDINGS = """async (rules) => (await axe.run(document, rules ? {runOnly: rules} : {})).violations.flatMap(
  (it) => it.nodes.map((node) => `${it.id}: ${node.target} ${node.failureSummary.replace(/\\s+/g, " ")}`))"""
SHIFTS = """() => new Promise((done) => {
  let moved = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((it) => { moved += it.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 50);
})"""
SPILL = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
SPILLING = """() => [...document.querySelectorAll("body *")]
  .filter((it) => it.getBoundingClientRect().right > document.scrollingElement.clientWidth + 1)
  .filter((it) => { for (let up = it.parentElement; up !== document.body; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== "visible") return false; return true; })
  .slice(0, 3)
  .map((it) => `${it.tagName}.${it.className} ${it.textContent.trim().slice(0, 40)}`)"""
DARK_IN = "zh-cn"
"""The language in which pages are looked at in the dark too."""
WIDTHS = {"a small phone": 320, "a phone": 390, "a desktop at 200 %": 640}


@dataclass
class Sight:
    """What one look at a page showed. `weight` and `script` are transferred bytes, each look with empty caches."""

    faults: list[str]
    findings: list[str]
    findings_in_the_dark: list[str]
    shift: float
    requests: list[str]
    weight: int
    script: int
    spills: dict[str, tuple[int, list[str]]] = field(default_factory=dict)


class Network:
    """Counts what comes over the wire; pictures that are photographs count neither as request nor as weight."""

    def __init__(self, page: Any) -> None:
        self.kinds: dict[str, tuple[str, str]] = {}
        self.sizes: dict[str, int] = {}
        self.wire = page.context.new_cdp_session(page)
        self.wire.send("Network.enable")
        self.wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.wire.on("Network.requestWillBeSent", self._asked)
        self.wire.on("Network.loadingFinished", self._came)

    def forget(self) -> None:
        self.kinds.clear()
        self.sizes.clear()

    @property
    def addresses(self) -> list[str]:
        return [url for url, _ in self.kinds.values()]

    def weight_of(self, kind: str = "") -> int:
        return sum(size for key, size in self.sizes.items() if key in self.kinds and kind in self.kinds[key][1])

    def _asked(self, event: dict[str, Any]) -> None:
        url = urlsplit(event["request"]["url"])
        if url.scheme != "data" and not url.path.startswith("/pictures/"):
            self.kinds[event["requestId"]] = (url.path, event.get("type", ""))

    def _came(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = int(event["encodedDataLength"])


def look_at(visitor: Visitor, network: Network, look: Look, path: str) -> Sight:
    """Open the page and measure it, in light, in one language in the dark too, and at every width."""
    visitor.faults.clear()
    network.forget()
    page = visitor.open(path)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(AXE)
    sight = Sight(
        faults=[],
        findings=page.evaluate(FINDINGS, None),
        findings_in_the_dark=_in_the_dark(page) if visitor.lang == DARK_IN else [],
        shift=page.evaluate(SHIFTS),
        requests=network.addresses,
        weight=network.weight_of(),
        script=network.weight_of("Script"),
    )
    size = page.viewport_size
    for name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 800})
        sight.spills[name] = (page.evaluate(SPILL), page.evaluate(SPILLING))
    page.set_viewport_size(size)
    sight.faults = list(visitor.faults)
    return sight


def _in_the_dark(page: Any) -> list[str]:
    page.emulate_media(color_scheme="dark")
    found: list[str] = page.evaluate(FINDINGS, ["color-contrast", "link-in-text-block"])
    page.emulate_media(color_scheme="light")
    return found
