"""Tell what a table or a session holds: rows, recognised columns, and what the quality checks find."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stellar_gui.commands.compress import compression_lines
from stellar_gui.commands.console import follow, write_json, write_result
from stellar_gui.commands.options import (
    add_column_option,
    add_part_options,
    add_quality_options,
    add_table_option,
    columns_of,
    cuts_of,
    part_of,
    warn_of_classes,
)
from stellar_gui.numbers import file_size

EXAMPLE = """\
example:
  stellar-gui info stars.csv --column u=modelMag_u --no-zero-flux
  stellar-gui info survey_folder --cone=180.5,-1.2,2"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --json, columns and quality switches."""
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="a table of stars; a folder of Parquet files or a HATS catalogue, told by a sample of its rows; or a "
        ".stellar session or .stellarz catalogue, told as it was saved",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object: rows, columns, bands, quality; of a survey "
        "rows are all, and the others of the part",
    )
    add_table_option(parser)
    add_column_option(parser)
    add_part_options(parser)
    add_quality_options(parser)


def run(arguments: argparse.Namespace) -> None:
    """Read, check, and tell."""
    summary = _summary(arguments)
    if arguments.json:
        write_json(summary)
    else:
        write_result(_lines(arguments.file, summary))


def _summary(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.file.suffix.lower() == ".stellar":
        from stellar_gui.session.storage.manifest import read_manifest

        manifest = read_manifest(arguments.file)
        return {
            **manifest.summary,
            "model": manifest.model,
            "runs": [{**run, "current": place == manifest.current} for place, run in enumerate(manifest.runs)],
            "subsets": list(manifest.subset_names),
        }
    if arguments.file.suffix.lower() == ".stellarz":
        from stellar_gui.session.compressed_file import read_description

        described = read_description(arguments.file)
        summary = {**described.source.summary, "model": described.source.model}
        return {**summary, "compression": described.compression.facts()}
    from stellar_gui.catalog.quality import check
    from stellar_gui.catalog.reading import load_catalog
    from stellar_gui.catalog.survey.taking import open_to_take, take
    from stellar_gui.session.summary import summarise

    cuts, columns = cuts_of(arguments), columns_of(arguments)
    taking = part_of(arguments, arguments.file)
    if taking is None:
        catalog, facts = follow(load_catalog(arguments.file, columns, table=arguments.table), "reading"), {}
    else:
        survey = follow(open_to_take(arguments.file), "looking at the files")
        catalog = follow(take(survey, taking, columns), "reading")
        size = sum(part.size for part in survey.parts)
        facts = {"rows": survey.rows, "files": len(survey.parts), "bytes": size, "part": catalog.provenance.part}
    warn_of_classes(arguments, catalog)
    return summarise(catalog, check(catalog, cuts)) | facts


def _lines(file: Path, summary: dict[str, Any]) -> list[str]:
    lines = [f"{file}: {summary['rows']:,} rows"]
    if "part" in summary:
        files = f"{summary['files']:,} file{'s' if summary['files'] > 1 else ''}"
        lines[0] += f" in {files}, {file_size(summary['bytes'])}"
        lines.append(f"what follows is of a {summary['part']}")
    lines += ["", "columns"]
    lines += [f"  {role:<12}{name}" for role, name in summary["columns"].items()]
    lines += ["", f"  {'magnitudes of kept rows':<26}{'min':>9}{'median':>9}{'max':>9}"]
    for band, facts in summary["bands"].items():
        numbers = "".join(
            "        -" if facts[key] is None else f"{facts[key]:9.3f}" for key in ("min", "median", "max")
        )
        lines.append(f"  {band:<26}{numbers}")
    lines += ["", "quality"]
    lines += [f"  {reason.replace('_', ' '):<16}{count:>12,}" for reason, count in summary["quality"].items()]
    if summary.get("note"):
        lines += ["", f"  {summary['note']}"]
    if summary.get("model"):
        lines += ["", "model", *_model_lines(summary["model"])]
    if "compression" in summary:
        lines += ["", "compression", *compression_lines(summary["compression"])]
    if len(summary.get("runs", [])) > 1:
        lines += ["", "runs", *(_run_line(run) for run in summary["runs"])]
    if summary.get("subsets"):
        lines += ["", "subsets", *(f"  {name}" for name in summary["subsets"])]
    return lines


def _run_line(run: Mapping[str, Any]) -> str:
    error = f"{run['test_mse']:.4f} mag²" if isinstance(run.get("test_mse"), float) else ""
    return f"  {'*' if run['current'] else ' '} {run['name']:<36}{error}"


def _model_lines(model: Mapping[str, Any]) -> list[str]:
    facts = {
        "id": model.get("id"),
        "seed": model.get("training", {}).get("seed"),
        "stars": model.get("stars"),
        "epochs": model.get("epochs"),
        "test error, mag²": model.get("test_mse"),
        "PCA error, mag²": model.get("pca_mse"),
        "stopped": model.get("stopped_because"),
    }
    return [
        f"  {name:<18}{value:.4f}" if isinstance(value, float) else f"  {name:<18}{value}"
        for name, value in facts.items()
        if value is not None
    ]
