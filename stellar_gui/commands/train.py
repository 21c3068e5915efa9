"""Clean a table of stars, train the autoencoder on it, embed every star that takes part, and save a session."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellar_gui.autoencoder.config import DEVICE_NAMES, FEATURES, LOSS_SCALES, LOSSES, OPTIMISERS, begun_elsewhere
from stellar_gui.autoencoder.presets import PRESETS
from stellar_gui.commands.console import follow, say, warn, write_json, write_result
from stellar_gui.commands.options import (
    add_column_option,
    add_dust_option,
    add_part_options,
    add_quality_options,
    add_table_option,
    columns_of,
    cuts_of,
    part_of,
    positive_number,
    seed,
    session_to_write,
    warn_of_classes,
    whole_number,
)

if TYPE_CHECKING:
    from stellar_gui.autoencoder.config import TrainingConfig
    from stellar_gui.autoencoder.report import EvaluationReport
    from stellar_gui.session.session import Session

TREND = ("magnitude", "low", "median", "high", "stars")
"""Columns of the table of residuals against magnitude; see ResidualTrend."""

COLUMNS = tuple(f"{name}_per_band" for name in ("rms", "median", "bias", "bias_error", "pca_rms", "noise"))
"""Columns of the table that people read."""

NETWORK = ("hidden", "depth", "latent")
SETTINGS = (
    *("seed", "epochs", "time_budget", "batch_size", "learning_rate"),
    *("features", "loss_in", "loss", "huber_delta", "denoise", "deredden", "patience", "optimiser", "jitter", "device"),
)
"""Options that bear the name of a field of TrainingConfig, and before, of NetworkConfig."""

EXAMPLE = """\
The preset "reconstruct" gives each star's magnitudes back most exactly; "structure" draws kinds of objects farther
apart, by looking at colours alone, and passes each star's mean magnitude on as a third number. Other options change
single settings of the preset.

example:
  stellar-gui train stars.csv -o run.stellar --seed 1 --epochs 40 --json
  stellar-gui train survey_folder -o run.stellar --sample 500_000"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CATALOG, -o, training settings, columns and quality switches."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "catalog",
        type=Path,
        nargs="?",
        metavar="CATALOG",
        help="a table of stars, or a survey: a folder of Parquet files or a HATS catalogue",
    )
    source.add_argument(
        "--resume",
        type=Path,
        metavar="RUN.stellar",
        help="go on with the training that was paused or stopped in a session, with its stars and settings",
    )
    parser.add_argument(
        "-o", "--output", type=session_to_write, required=True, metavar="RUN.stellar", help="the session to write"
    )
    group = parser.add_argument_group("training (what is not given has the window's defaults)")
    group.add_argument("--preset", choices=PRESETS, help="(default: reconstruct)")
    group.add_argument(
        "--features",
        choices=FEATURES,
        help="what the network reads and writes: the five magnitudes, four colours and r, or four colours alone",
    )
    group.add_argument(
        "--loss-in",
        choices=LOSS_SCALES,
        help="the scaling in which the loss is taken, which decides what the map shows: magnitudes; whitened, each "
        "principal direction weighs the same; colours, each with unit variance",
    )
    group.add_argument(
        "--loss",
        choices=LOSSES,
        help="quadratic; weighted by the photometric errors in columns such as err_u; huber, blind to outliers",
    )
    group.add_argument(
        "--huber-delta",
        type=positive_number,
        metavar="DELTA",
        help="where the Huber loss becomes linear (default: 0.2)",
    )
    group.add_argument(
        "--denoise", action="store_const", const=True, help="add noise of each band's photometric error to the input"
    )
    group.add_argument(
        "--deredden",
        action="store_const",
        const=True,
        help="correct for extinction, from columns such as EBV or extinction_r; reconstructions are reddened again",
    )
    add_dust_option(group, "from which the correction for extinction is taken, in place of columns; implies --deredden")
    group.add_argument(
        "--patience", type=whole_number, metavar="N", help="end after N epochs without a lower validation loss"
    )
    group.add_argument(
        "--optimiser",
        choices=OPTIMISERS,
        help="muon, for the matrices between hidden layers (reconstruct), or adamw for all weights (structure)",
    )
    group.add_argument(
        "--jitter",
        action=argparse.BooleanOptionalAction,
        help="move the stars of a small table with far-off measurements a little each time they are learned from",
    )
    group.add_argument("--seed", type=seed, metavar="N", help="of split, weights and batches (default: 0)")
    group.add_argument("--epochs", type=whole_number, metavar="N", help="passes over the training stars")
    group.add_argument("--time-budget", type=positive_number, metavar="SECONDS", help="end after this time instead")
    group.add_argument("--batch-size", type=whole_number, metavar="N", help="stars in a batch")
    group.add_argument("--learning-rate", type=positive_number, metavar="RATE", help="peak of the one-cycle schedule")
    group.add_argument(
        "--device",
        choices=DEVICE_NAMES,
        help="what to train on: the processor, a CUDA or an Apple graphics processor (default: cpu; a network this "
        "small is seldom faster elsewhere)",
    )
    group.add_argument("--hidden", type=whole_number, metavar="N", help="width of the hidden layers (default: 40)")
    group.add_argument("--depth", type=whole_number, metavar="N", help="hidden layers of each half (default: 4)")
    group.add_argument("--latent", type=whole_number, metavar="N", help="latent dimensions (default: 2)")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object with the errors of the trained model"
    )
    add_table_option(parser)
    add_column_option(parser)
    add_part_options(parser)
    add_quality_options(parser)


def run(arguments: argparse.Namespace) -> None:
    """Read, clean, train, embed, save, and tell how good the model is."""
    from stellar_gui.catalog.atomic import require_target
    from stellar_gui.catalog.bands import BAND_NAMES
    from stellar_gui.catalog.dust.dust_map import outside_note, with_reddening
    from stellar_gui.errors import InputError
    from stellar_gui.session.opening import load_stars
    from stellar_gui.session.pipeline import fit
    from stellar_gui.session.storage.archive import save_session

    config, cuts = _config(arguments), cuts_of(arguments)
    given = [
        name
        for name in ("preset", "dust_map", "sample", "cone", *NETWORK, *SETTINGS)
        if getattr(arguments, name) is not None
    ]
    if arguments.resume is not None and given:
        option = "--" + given[0].replace("_", "-")
        raise InputError(f"--resume goes on with the settings of the interrupted training; leave out {option}.")
    require_target(arguments.output)
    if config.device != "cpu":
        from stellar_gui.autoencoder.device import require_device

        require_device(config.device)
    if arguments.resume is None:
        taking = part_of(arguments, arguments.catalog)
        work = load_stars(arguments.catalog, columns_of(arguments), arguments.table, taking)
        catalog = follow(work, "reading")
        if catalog.provenance.part is not None:
            say(f"training on a {catalog.provenance.part}")
        warn_of_classes(arguments, catalog)
        if arguments.dust_map is not None:
            catalog = follow(with_reddening(catalog, arguments.dust_map), "finding the dust")
        session = follow(fit(catalog, cuts, config), "training")
    else:
        session = _resumed(arguments.resume)
    follow(save_session(session, arguments.output), "saving")
    assert session.model is not None
    if config.deredden and (note := outside_note(session.catalog, session.quality.kept)):
        warn(note)
    report = session.model.report
    result = {
        "stars": int(session.quality.kept.sum()),
        "epochs": session.model.epochs,
        "seconds": session.model.seconds,
        "train_mse": report.train_mse,
        "validation_mse": report.validation_mse,
        "test_mse": report.test_mse,
        "rms_per_band": dict(zip(BAND_NAMES, report.rms_per_band.tolist(), strict=True)),
        "bias_per_band": dict(zip(BAND_NAMES, report.bias_per_band.tolist(), strict=True)),
        "pca_mse": report.pca_mse,
        "class_accuracy": _class_accuracy(session),
        **_details(report),
    }
    if session.catalog.provenance.part is not None:
        result["part"] = session.catalog.provenance.part
    if arguments.json:
        write_json(result)
    else:
        write_result(_lines(arguments.output, result))


def _resumed(path: Path) -> "Session":
    """The session at path, with its interrupted training brought to an end."""
    from stellar_gui.errors import InputError
    from stellar_gui.session.pipeline import fit
    from stellar_gui.session.storage.archive import load_session

    session = follow(load_session(path), "opening")
    checkpoint = session.checkpoint
    if checkpoint is None:
        raise InputError(f"{path.name}: no interrupted training in it; give a table of stars to train anew.")
    fitted = follow(fit(session.catalog, session.cuts, checkpoint.config, checkpoint), "training")
    if fitted.model is not None and fitted.model.config.device != checkpoint.config.device:
        warn(begun_elsewhere(checkpoint.config.device))
    return replace(fitted, subsets=session.subsets, selection=session.selection, created=session.created)


def _config(arguments: argparse.Namespace) -> "TrainingConfig":
    from stellar_gui.errors import InputError, TrainingError

    preset = PRESETS[arguments.preset or "reconstruct"].config

    def given(*names: str) -> dict[str, Any]:
        return {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}

    try:
        network = replace(preset.network, **given(*NETWORK))
        settings = given(*SETTINGS)
        if arguments.dust_map is not None:
            settings["deredden"] = True
        if "time_budget" in settings:
            settings = {"epochs": None, **settings}
        return replace(preset, network=network, **settings)
    except TrainingError as error:
        raise InputError(str(error)) from error


def _details(report: "EvaluationReport") -> dict[str, Any]:
    """What else the report tells, with null for what is not known."""
    import numpy as np

    from stellar_gui.catalog.bands import BAND_NAMES

    def plain(value: Any) -> Any:
        return value.item() if np.isfinite(value) else None

    per_band = ("bias_error_per_band", "median_per_band", "pca_rms_per_band", "noise_per_band")
    trend = report.trend
    bins = [
        [dict(zip(TREND, map(plain, values), strict=True)) for values in zip(*columns, strict=True)]
        for columns in zip(*(getattr(trend, name) for name in TREND), strict=True)
    ]
    return {
        **{name: dict(zip(BAND_NAMES, map(plain, getattr(report, name)), strict=True)) for name in per_band},
        "residual_by_magnitude": dict(zip(BAND_NAMES, bins, strict=True)),
        "split": {part: getattr(report, f"{part}_stars") for part in ("train", "validation", "test")},
        "warnings": list(report.warnings),
    }


def _class_accuracy(session: "Session") -> float | None:
    """How well the map keeps the catalogue's classes apart; None where it has fewer than two."""
    from stellar_gui.analysis.separation import class_accuracy

    labels, embedding = session.catalog.labels, session.embedding
    return None if labels is None or embedding is None else class_accuracy(embedding.latent, labels)


def _lines(output: Path, result: dict[str, Any]) -> list[str]:
    return [
        f"{result['stars']:,} stars, {result['epochs']:,} epochs in {result['seconds']:.1f} s; saved in {output}",
        "mean squared residual (mag^2): "
        + ", ".join(f"{part} {result[f'{part}_mse']:.4f}" for part in ("train", "validation", "test")),
        f"as many principal components leave {result['pca_mse']:.4f} mag^2",
        *(
            [f"classes told by 15 neighbours on the map: balanced accuracy {result['class_accuracy']:.3f}"]
            if result["class_accuracy"] is not None
            else []
        ),
        "",
        "  band         rms      median        bias       error    PCA's rms       noise   (mag)",
        *(f"  {band:<4}" + "".join(_cell(result[name][band]) for name in COLUMNS) for band in result["rms_per_band"]),
        *(f"warning: {sentence}" for sentence in result["warnings"]),
    ]


def _cell(value: float | None) -> str:
    """A value in twelve characters, a dash where it is not known."""
    return f"{'-':>12}" if value is None else f"{value:12.4f}"
