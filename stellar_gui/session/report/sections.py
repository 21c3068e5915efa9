"""The sections of a report on data, training, errors and provenance, each as HTML."""

import importlib.metadata
from typing import Final

from stellar_gui import __version__, numbers
from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.autoencoder.report import EvaluationReport
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.dust.dust_map import outside_note
from stellar_gui.catalog.quality import QualityCuts, Reason
from stellar_gui.session.model_words import class_sentence, comparison, settings
from stellar_gui.session.report.figures import losses, residuals
from stellar_gui.session.report.markup import Markup, facts, joined, table, tag
from stellar_gui.session.session import Session
from stellar_gui.session.summary import summarise

LIBRARIES: Final = ("torch", "numpy", "scikit-learn", "pandas")
_ROLES: Final = {"ebv": "E(B−V)", "ra": "right ascension", "dec": "declination"}


def data(session: Session) -> Markup:
    """The table of stars: where it is from, its columns and their units, the range of each band."""
    catalog, source = session.catalog, session.catalog.provenance
    size = "" if source.size is None else f" ({numbers.file_size(source.size)})"
    roles = [
        (
            _ROLES.get(role, role.replace("_", " ")),
            column,
            catalog.units.get(column, ""),
            catalog.column_meta[column].description if column in catalog.column_meta else "",
        )
        for role, column in catalog.columns.items()
    ]
    told = [place for place in range(4) if any(row[place] for row in roles)]
    summary = summarise(catalog, session.quality)
    bands = [
        (band, *(numbers.fixed(_number(found[key])) for key in ("min", "median", "max")))
        for band, found in summary["bands"].items()
    ]
    return joined(
        (
            facts(
                [
                    ("Source", f"{source.name}{size}"),
                    ("File", source.path or ""),
                    ("SHA-256", source.sha256 or ""),
                    ("Part of a survey", source.part or ""),
                    ("Rows", numbers.count(len(catalog))),
                    ("Columns", numbers.count(len(catalog.table.columns))),
                    ("Opened", source.opened or ""),
                    ("Dust map", source.dust_map or ""),
                ]
            ),
            *((tag("h3", "Query"), tag("pre", source.query)) if source.query else ()),
            table(
                "Recognised columns",
                [("Role", "Column", "Unit", "Description")[place] for place in told],
                [[row[place] for place in told] for row in roles],
                words=4,
            ),
            table("Magnitudes of the stars that take part (mag)", ("Band", "Smallest", "Median", "Largest"), bands),
        )
    )


def cuts(session: Session) -> Markup:
    """Which rows take part, and for what reason each other does not."""
    quality, rows = session.quality, len(session.catalog)
    kept = int(quality.kept.sum())
    made = _checks(session.cuts)
    counted = [
        (reason.label.capitalize(), made[reason], numbers.count(quality.found[reason]), numbers.count(removed))
        for reason, removed in quality.removed.items()
    ]
    notes = [quality.note, outside_note(session.catalog, quality.kept)]
    return joined(
        (
            tag("p", f"{numbers.count(kept)} of {numbers.count(rows)} rows take part ({numbers.share(kept, rows)})."),
            table("Rows by check; each removed row counts once", ("Check", "Made", "Found", "Removed"), counted, 2),
            *(tag("p", note, class_="quiet") for note in notes if note),
        )
    )


def training(session: Session, model: TrainedModel) -> Markup:
    """Settings in words, how the losses fell, what to be warned of."""
    report, run = model.report, session.run
    parts = (
        (report.train_stars, "to learn from"),
        (report.validation_stars, "to validate"),
        (report.test_stars, "to test"),
    )
    split = ", ".join(f"{numbers.count(stars)} {purpose}" for stars, purpose in parts)
    parameters = sum(weights.numel() for weights in model.network.parameters())
    return joined(
        (
            *_warnings(report),
            facts(
                [
                    *settings(model.config),
                    ("Parameters", numbers.count(parameters)),
                    ("Stars", f"{numbers.count(model.stars)}: {split}"),
                    ("Trained", f"{numbers.count(model.epochs)} epochs in {numbers.duration(model.seconds)}"),
                    ("Ended early", model.stopped_because or ""),
                    ("Run", "" if run is None else f"{run.name}, {run.created}"),
                    ("Model", model.id),
                ]
            ),
            losses(model.history, model.config.loss_unit),
            _runs(session),
        )
    )


def errors(model: TrainedModel, accuracy: float | None) -> Markup:
    """How well the test stars are given back, against principal components and the noise floor."""
    report = model.report
    compared = comparison(report, model.config)
    rows = [
        ("rms", report.rms_per_band, 3, False),
        ("median of the sizes", report.median_per_band, 3, False),
        ("bias", report.bias_per_band, 4, True),
        ("standard error of the bias", report.bias_error_per_band, 4, False),
        ("rms that principal components leave", report.pca_rms_per_band, 3, False),
        ("noise: rms of catalogued errors", report.noise_per_band, 3, False),
    ]
    squares = (
        ("training stars", report.train_mse, report.train_stars),
        ("validation stars", report.validation_mse, report.validation_stars),
        ("test stars", report.test_mse, report.test_stars),
        ("test stars, principal components", report.pca_mse, report.test_stars),
    )
    return joined(
        (
            tag(
                "p",
                f"The mean squared residual of the test stars is {numbers.fixed(report.test_mse, 4)} mag²"
                + (f", {compared}." if compared else "."),
            ),
            table(
                "Residuals of the test stars, original minus reconstruction (mag)",
                ("Statistic", *BAND_NAMES),
                [
                    (name, *(numbers.fixed(value, digits, signed) for value in values))
                    for name, values, digits, signed in rows
                ],
            ),
            residuals(report.trend),
            table(
                "Mean squared residual over stars and bands",
                ("Part", "mag²", "Stars"),
                [(name, numbers.fixed(mse, 4), numbers.count(stars)) for name, mse, stars in squares],
            ),
            tag("p", class_sentence(accuracy)) if accuracy is not None else "",
        )
    )


def provenance(session: Session) -> Markup:
    """What this page and its numbers come from."""
    source, model = session.catalog.provenance, session.model
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return facts(
        [
            ("Program", f"Stellar GUI {__version__}"),
            ("Libraries", versions),
            ("Session begun", session.created),
            ("Source", source.path or source.name),
            ("Part of a survey", source.part or ""),
            ("SHA-256", source.sha256 or ""),
            ("Opened", source.opened or ""),
            ("Dust map", source.dust_map or ""),
            ("Model", "" if model is None else model.id),
            ("Seed", "" if model is None else str(model.config.seed)),
        ]
    )


def _checks(made: QualityCuts) -> dict[Reason, str]:
    limits = made.magnitude_range
    zero = "bands masked" if made.mask_zero_flux else _yes(made.zero_flux)
    return {
        Reason.NOT_FINITE: "yes",
        Reason.SENTINEL: _yes(made.sentinel),
        Reason.OUT_OF_RANGE: "no" if limits is None else f"{limits[0]:g} to {limits[1]:g} mag",
        Reason.ZERO_FLUX: zero,
        Reason.DUPLICATE: _yes(made.unique),
        Reason.OTHER_CLASS: "no" if made.classes is None else f"kept: {', '.join(made.classes)}",
    }


def _yes(made: bool) -> str:
    return "yes" if made else "no"


def _warnings(report: EvaluationReport) -> list[Markup]:
    if not report.warnings:
        return []
    items = (tag("li", tag("strong", "Warning"), " ", warning) for warning in report.warnings)
    return [tag("ul", joined(items), class_="warnings")]


def _runs(session: Session) -> Markup:
    """The other trainings that are kept."""
    if len(session.runs) < 2:
        return Markup("")
    rows = [
        (
            run.name + (", shown here" if run is session.run else ""),
            run.created,
            run.model.id,
            numbers.fixed(run.test_mse, 4),
        )
        for run in session.runs
    ]
    return table("All trainings of this session", ("Run", "Made", "Model", "Test error (mag²)"), rows, words=3)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
