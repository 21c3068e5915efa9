"""A session as a Python script that repeats it from its source file with the program's own functions."""

from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

from stellar_gui import __version__
from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.catalog.columns import EXTINCTION_ROLES, REDDENING
from stellar_gui.catalog.dust.dust_map import COLUMN
from stellar_gui.catalog.survey.taking import taking_of
from stellar_gui.progress import Progress
from stellar_gui.session.run import numbered, proposed_name
from stellar_gui.session.script.findings import finding_lines
from stellar_gui.session.script.python_source import Source, comment, quoted
from stellar_gui.session.script.stars import Carried, selection_lines, subset_lines
from stellar_gui.session.session import Session

ENDING: Final = ".py"
_SEVERAL: Final = (".fits", ".fit", ".vot", ".xml")
_STEPS: Final = 4


def write_script(session: Session, path: Path) -> Generator[Progress, None, tuple[Path, ...]]:
    """Write the script to path, and answer the files written.

    What no rule makes again, such as ratings or long lists of stars, goes into a table beside it, NAME_stars.parquet.
    Raises OutputError where they cannot be written.
    """
    carried = Carried(path.with_name(f"{path.stem}_stars.parquet"))
    yield Progress(0, _STEPS, "steps")
    text = yield from script_text(session, carried)
    written = [path]
    if carried.columns:
        with atomic_target(carried.path) as temporary:
            carried.table.to_parquet(temporary, index=False)
        written.append(carried.path)
    with atomic_target(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    yield Progress(_STEPS, _STEPS, "steps")
    return tuple(written)


def script_text(session: Session, carried: Carried) -> Generator[Progress, None, str]:
    """The script; carried: takes what it has to read from a table."""
    model = session.model
    source = Source({} if model is None else {model.id: "model"})
    source.use("pathlib", "Path")
    source.use("stellar_gui.progress", "drain")
    source.use("stellar_gui.session.storage.archive", "save_session")
    body = ["# the stars", *_opening(session, source), "", "# the training", *_training(session, source)]
    yield Progress(1, _STEPS, "steps")
    body += finding_lines(session, source, carried)
    yield Progress(2, _STEPS, "steps")
    body += subset_lines(session, source, carried)
    yield Progress(3, _STEPS, "steps")
    body += selection_lines(session, source, carried)
    body += ["", "# what is written", "drain(save_session(session, OUT))", *_exported(session, source)]
    head = _constants(session, source, carried)
    return "\n".join([*_title(session), *source.imports, "", *head, *source.functions, "", *body, ""])


def _title(session: Session) -> list[str]:
    name = "".join(comment(session.catalog.provenance.name)).removeprefix("# ")
    return [
        f'"""Repeats a session of Stellar GUI {__version__} from its source; run it where Stellar GUI is installed."""',
        "",
        f"# The session on {name}, begun on {session.created}",
    ]


def _constants(session: Session, source: Source, carried: Carried) -> list[str]:
    """Where things are."""
    found = session.catalog.provenance
    lines = []
    if _simulation(session) is None:
        lines.append(f"SOURCE = Path({quoted(found.path or found.name)})")
        if found.path is None:
            lines[:0] = comment("the session does not know where its table is: put its path here")
        if found.sha256 is not None:
            lines.append(f"SHA256 = {quoted(found.sha256)}")
    if found.dust_map is not None:
        lines += comment(f"put the path of the dust map here; it was {found.dust_map}")
        lines.append(f"DUST_MAP = Path({quoted(found.dust_map.split(' (SHA-256')[0])})")
    if carried.columns:
        lines += comment("what no rule makes again: one row for each star, in the order of the source")
        lines.append(f"CARRIED = Path(__file__).with_name({quoted(carried.path.name)})")
    return [*lines, 'OUT = Path(__file__).with_name(Path(__file__).stem + "_repeated.stellar")']


def _opening(session: Session, source: Source) -> list[str]:
    catalog, found = session.catalog, session.catalog.provenance
    columns = dict(catalog.columns) | {role: "" for role, name in catalog.chosen.items() if not name}
    dust_map = found.dust_map if catalog.columns.get(REDDENING) == COLUMN else None
    if dust_map is not None:
        columns = {role: name for role, name in columns.items() if role not in (REDDENING, *EXTINCTION_ROLES)}
    if (simulation := _simulation(session)) is not None:
        source.use("stellar_gui.catalog.simulation", "simulate")
        lines = [f"catalog = simulate({simulation})"]
        chosen = {role: name for role, name in catalog.chosen.items() if role in columns}
        if chosen:
            lines.append(f"catalog = catalog.with_columns({source.of(chosen)})")
    else:
        source.use("stellar_gui.session.opening", "open_path")
        taking = None if found.part is None else taking_of(found.part)
        part = "" if taking is None else f", taking={source.of(taking)}"
        lines = [f"COLUMNS = {source.of(columns)}", f"catalog = drain(open_path(SOURCE, COLUMNS{part})).catalog"]
        if Path(found.name).suffix.lower() in _SEVERAL:
            lines += comment("of several tables in a file this is the first; another one: open_path(..., table=NAME)")
        if found.sha256 is not None:
            lines += [
                "if catalog.provenance.sha256 != SHA256:",
                '    raise SystemExit(f"{SOURCE} is not the file of the session: its SHA-256 differs")',
            ]
    lines += [
        f"if len(catalog) != {len(catalog)}:",
        f'    raise SystemExit(f"{{len(catalog):,}} rows are not the {len(catalog):,} of the session")',
    ]
    if dust_map is not None:
        source.use("stellar_gui.catalog.dust.dust_map", "with_reddening")
        lines += [
            "catalog = drain(with_reddening(catalog, DUST_MAP))",
            f"if catalog.provenance.dust_map != {quoted(dust_map)}:",
            '    raise SystemExit(f"{DUST_MAP} is not the dust map of the session")',
        ]
    return lines


def _training(session: Session, source: Source) -> list[str]:
    lines = [f"cuts = {source.of(session.cuts)}"]
    model, current = session.model, session.run
    if model is None or current is None:
        source.use("stellar_gui.session.session", "Session")
        return [*lines, "session = Session(catalog, cuts)"]
    source.use("stellar_gui.session.pipeline", "fit")
    configs: dict[str, Any] = {}
    own = ""
    for run in session.runs:
        name = numbered(run.name, configs)
        own = name if run is current else own
        configs[name] = run.config
    for name, run in zip(configs, session.runs, strict=True):
        lines += _reservations(name, run.model, session)
    if len(configs) == 1:
        lines += [f"config = {source.of(configs[own])}", "session = drain(fit(catalog, cuts, config))"]
        if own != proposed_name(configs[own]):
            source.use("dataclasses", "replace")
            lines += [
                "run = session.runs[0]",
                f"session = replace(session, runs=(replace(run, name={quoted(own)}),))",
            ]
    else:
        source.use("dataclasses", "replace")
        source.use("stellar_gui.session.run", "Run")
        written = "".join(f"    {quoted(name)}: {source.of(config, 1)},\n" for name, config in configs.items())
        lines += [
            f"configs = {{\n{written}}}",
            "fitted = {name: drain(fit(catalog, cuts, config)) for name, config in configs.items()}",
            "runs = tuple(Run(name, each.model, each.created) for name, each in fitted.items())",
            f"session = replace(fitted[{quoted(own)}], runs=runs)",
        ]
    return [
        *lines,
        "model = session.model.id",
        f'if model != "{model.id}":',
        f'    print(f"the model is {{model}}, not {model.id}: this machine or version rounds otherwise")',
    ]


def _reservations(name: str, model: Any, session: Session) -> list[str]:
    """What of a training is not repeated to the bit."""
    lines = []
    if model.stopped_because is not None and model.config.patience is None:
        lines += comment(
            f"the training of “{name}” was ended by hand and goes on to its end here: {model.stopped_because}"
        )
    if model.config.time_budget is not None:
        lines += comment(f"the training of “{name}” lasts as long as on the first machine, which is not as many epochs")
    if model.stars != int(session.quality.kept.sum()):
        lines += comment(f"“{name}” was trained on {model.stars:,} stars, under other quality checks than those above")
    return lines


def _exported(session: Session, source: Source) -> list[str]:
    source.use("numpy", "arange")
    source.use("stellar_gui.session.export", "export_rows")
    return [
        'table = OUT.with_suffix(".parquet")',
        'drain(export_rows(session, arange(len(catalog)), table, "all stars", flags=True))',
        'print(f"written: {OUT} and {table}")',
    ]


def _simulation(session: Session) -> str | None:
    """The arguments of the simulation that made the stars; None for stars that were not simulated."""
    found = session.catalog.provenance
    words = (found.query or "").split()
    if found.path is not None or len(words) != 3 or words[0] != "simulate":
        return None
    pairs = [word.partition("=") for word in words[1:]]
    if [key for key, _, _ in pairs] != ["stars", "seed"] or not all(value.isdecimal() for _, _, value in pairs):
        return None
    return ", ".join(f"{key}={int(value)}" for key, _, value in pairs)
