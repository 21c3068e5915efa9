"""A session as one page of HTML that needs nothing else: figures within it, no scripts, light, dark and on paper."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stellar_gui import __version__, numbers
from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.progress import Progress
from stellar_gui.session.report.markup import Markup, joined, tag
from stellar_gui.session.report.style import STYLE
from stellar_gui.session.session import Session

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

ENDING: Final = ".html"


def write_report(session: Session, path: Path) -> Generator[Progress | None, None, None]:
    """Write the page of a session to path, atomically; the same session gives the same bytes.

    Yields Progress in sections, and None between. Raises OutputError where the file cannot be written.
    """
    page = yield from report_page(session)
    with atomic_target(path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")


def report_page(session: Session) -> Generator[Progress | None, None, str]:
    """The page as text; all that users and files have named is escaped."""
    works = _works(session)
    sections = []
    for done, (title, work) in enumerate(works):
        yield Progress(done, len(works), "sections")
        content = yield from work()
        if content:
            sections.append((title, content))
    name = session.catalog.provenance.name
    body = joined(
        (
            tag(
                "header",
                tag("h1", name),
                tag("p", _lead(session), class_="lead"),
                _contents([title for title, _ in sections]),
            ),
            tag("main", *(_section(title, content) for title, content in sections)),
            tag("footer", f"Written by Stellar GUI {__version__} from the session begun on {session.created}."),
        ),
        "\n",
    )
    head = joined(
        (
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="generator", content=f"Stellar GUI {__version__}"),
            tag("title", f"{name}: report"),
            tag("style", Markup(STYLE)),
        ),
        "\n",
    )
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


Work = Callable[[], Generator[Progress | None, None, Markup]]


def _works(session: Session) -> list[tuple[str, Work]]:
    """The sections in their order: a title and what makes each."""
    from stellar_gui.session.report import findings, sections

    def at_once(make: Callable[[], Markup]) -> Work:
        def work() -> Generator[Progress | None, None, Markup]:
            yield None
            return make()

        return work

    model = session.model
    works = [
        ("Data", at_once(lambda: sections.data(session))),
        ("Quality checks", at_once(lambda: sections.cuts(session))),
    ]
    if model is not None:
        works += [
            ("Training", at_once(lambda: sections.training(session, model))),
            ("Errors", at_once(lambda: sections.errors(model, _accuracy(session)))),
        ]
    return [
        *works,
        ("Maps", lambda: findings.maps(session)),
        ("Subsets", at_once(lambda: findings.subsets(session))),
        ("Clusters", at_once(lambda: findings.clusters(session))),
        ("Odd stars", at_once(lambda: findings.odd_stars(session))),
        ("Other findings", at_once(lambda: findings.others(session))),
        ("Provenance", at_once(lambda: sections.provenance(session))),
    ]


def _accuracy(session: Session) -> float | None:
    from stellar_gui.analysis.separation import class_accuracy

    labels, embedding = session.catalog.labels, session.embedding
    return None if labels is None or embedding is None else class_accuracy(embedding.latent, labels)


def _lead(session: Session) -> str:
    """What the session is, in one line."""
    kept, rows = int(session.quality.kept.sum()), len(session.catalog)
    model: TrainedModel | None = session.model
    parts = [f"{numbers.count(kept)} of {numbers.stars(rows)}"]
    if model is None or session.run is None:
        parts.append("not trained yet")
    else:
        parts += [f"autoencoder “{session.run.name}”", f"model {model.id}"]
    return " · ".join(parts)


def _contents(titles: list[str]) -> Markup:
    links = (tag("li", tag("a", title, href=f"#{_anchor(title)}")) for title in titles)
    return tag("nav", tag("ul", *links), aria_label="Sections")


def _section(title: str, content: Markup) -> Markup:
    anchor = _anchor(title)
    return tag("section", tag("h2", title, id=anchor), content, aria_labelledby=anchor)


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")
