"""A session as a page of HTML."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from stellar_gui.analysis.recipe_text import described
from stellar_gui.autoencoder.report import History
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.errors import OutputError
from stellar_gui.progress import Progress, drain
from stellar_gui.session.anomalies import order_of
from stellar_gui.session.report.markup import tag, text
from stellar_gui.session.report.page import report_page, write_report
from stellar_gui.session.report.svg_chart import log_ticks, ticks
from stellar_gui.session.session import Session
from tests.session.rich_session import HOSTILE

VOID = {"meta", "image", "line", "circle", "rect", "path"}


class Page(HTMLParser):
    """What a page holds: its elements with their attributes, all closed in turn, and the text of some of them."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))
        if name not in VOID:
            self._open.append(name)
            self.texts.setdefault(name, []).append("")
        if name == "tr":
            self.rows.append([])
        elif name in ("th", "td"):
            self.rows[-1].append("")

    def handle_startendtag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))

    def handle_endtag(self, name: str) -> None:
        assert self._open.pop() == name

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open[-1]][-1] += data
        if {"th", "td"} & set(self._open):
            self.rows[-1][-1] += data

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for kind, attributes in self.elements if kind == name]


@pytest.fixture(scope="module")
def source(rich: Session) -> str:
    return drain(report_page(rich))


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


def test_the_page_has_all_sections_and_its_links_lead_to_them(page: Page) -> None:
    titles = ["Data", "Quality checks", "Training", "Errors", "Maps", "Subsets", "Clusters", "Odd stars", "Provenance"]
    assert page.texts["h2"] == titles
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    assert {link["href"] for link in page.of("a")} <= {f"#{each}" for each in ids}


def test_the_page_needs_nothing_else_and_runs_nothing(page: Page, source: str) -> None:
    assert not {"script", "link", "iframe", "object", "img"} & {name for name, _ in page.elements}
    loaded = [value for _, attributes in page.elements for key, value in attributes.items() if key in ("src", "href")]
    assert all(value and value.startswith(("#", "data:image/png;base64,")) for value in loaded)
    assert not any(key.startswith("on") for _, attributes in page.elements for key in attributes)
    assert "@import" not in source and set(re.findall(r"url\(([^)]*)", source)) == {
        f"#{attributes['id']}-inside"
        for attributes in page.of("figure")
        if attributes["id"] != "figure-loss" and attributes["id"] != "figure-residuals"
    }


def test_names_that_look_like_html_stay_text(page: Page, source: str) -> None:
    assert "<script" not in source and "]]>" not in source and "\x00" not in source
    shown = HOSTILE.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    assert shown in page.texts["h3"]
    assert page.texts["h1"] == ["two ' sets.csv"]


def test_every_figure_is_described_and_every_table_has_headers(page: Page) -> None:
    pictures = page.of("svg")
    assert len(pictures) == len(page.of("figure")) == 6
    assert all(picture["role"] == "img" and len(picture["aria-label"] or "") > 20 for picture in pictures)
    assert {head["scope"] for head in page.of("th")} == {"col", "row"}
    assert all(caption.strip() for caption in page.texts["caption"])
    assert len(page.texts["caption"]) == len(page.of("table"))


def test_the_numbers_are_those_of_the_session(page: Page, rich: Session) -> None:
    rows = {row[0]: row[1:] for row in page.rows}
    kept = int(rich.quality.kept.sum())
    for reason, removed in rich.quality.removed.items():
        assert rows[reason.label.capitalize()][-1] == f"{removed:,}"
    assert rich.model is not None
    report = rich.model.report
    assert rows["rms"] == [f"{value:.3f}" for value in report.rms_per_band]
    assert rows["rms that principal components leave"] == [f"{value:.3f}" for value in report.pca_rms_per_band]
    blue = rich.subsets["blue"]
    assert rows["blue"] == [f"{blue.sum()}", f"{100 * blue.sum() / kept:.1f} %", "yes"]
    assert rows["cluster 0"][0] == f"{np.count_nonzero(rich.findings[0].values == 0)}"
    for subset in rich.subsets.all:
        assert described(subset.recipe).replace("\x00", "\ufffd") in page.texts["pre"]


def test_the_oddest_stars_are_listed_with_their_ratings(page: Page, rich: Session) -> None:
    head = next(place for place, row in enumerate(page.rows) if row[-1] == "Rating")
    listed = page.rows[head + 1 : head + 21]
    order = order_of(rich.findings[1])[:20]
    assert [row[0] for row in listed] == [str(value) for value in rich.catalog.table["objid"].iloc[order]]
    assert [row[-1] for row in listed][:6] == ["5", "", "", "0", "", "3"]
    assert [row[3] for row in listed] == [f"{value:.3f}" for value in rich.catalog.magnitudes[order, 2]]


def test_warnings_are_told(rich: Session, page: Page) -> None:
    assert rich.model is not None
    assert [item.strip() for item in page.texts["li"] if item.strip()] == list(rich.model.report.warnings)


def test_the_same_session_gives_the_same_bytes(rich: Session, source: str, tmp_path: Path) -> None:
    yielded = list(write_report(rich, tmp_path / "report.html"))
    assert (tmp_path / "report.html").read_bytes() == source.encode()
    told = [item for item in yielded if isinstance(item, Progress) and item.unit == "sections"]
    assert [item.done for item in told] == list(range(int(told[0].total)))


def test_a_session_without_a_model_has_a_short_page() -> None:
    page = Page(drain(report_page(Session(simulate(50, seed=1)))))
    assert page.texts["h2"] == ["Data", "Quality checks", "Provenance"]
    assert "not trained yet" in page.texts["p"][0]
    assert page.texts["pre"] == ["simulate stars=50 seed=1"]


def test_a_session_in_which_no_star_takes_part_has_a_page_without_maps(rich: Session) -> None:
    none = replace(rich, cuts=QualityCuts(magnitude_range=(0.0, 1.0)), findings=(), subsets={})
    page = Page(drain(report_page(none)))
    assert "Maps" not in page.texts["h2"] and "Training" in page.texts["h2"]


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="folder does not exist"):
        drain(write_report(Session(simulate(50, seed=1)), tmp_path / "nowhere" / "report.html"))


def test_markup_escapes_texts_and_attributes_once() -> None:
    inner = tag("b", "a < b & c")
    assert inner == "<b>a &lt; b &amp; c</b>"
    assert tag("p", inner, title='"x"', class_="y") == f'<p title="&quot;x&quot;" class="y">{inner}</p>'
    assert text(inner) == inner


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 10.0, ["0", "2", "4", "6", "8", "10"]),
        (-1.2, 1.1, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (1234.0, 5234.0, ["2,000", "3,000", "4,000", "5,000"]),
        (3.0, 3.0, ["3"]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, expected: list[str]) -> None:
    assert [tick.text for tick in ticks(low, high, 5)] == expected


def test_a_logarithmic_axis_has_ticks_at_1_2_and_5_or_at_powers_of_ten() -> None:
    assert [tick.text for tick in log_ticks(-2.1, -0.9)] == ["0.01", "0.02", "0.05", "0.1"]
    assert [tick.text for tick in log_ticks(-6.0, 0.0)] == ["1e-06", "1e-05", "0.0001", "0.001", "0.01", "0.1", "1"]


def test_a_history_without_losses_has_no_chart() -> None:
    from stellar_gui.session.report.figures import losses

    nothing = np.full(2, np.nan)
    bands = np.full((2, 5), np.nan)
    history = History(np.array([1, 2]), *[nothing] * 7, bands, bands, best_epoch=0)
    assert losses(history, "mag^2") == ""
