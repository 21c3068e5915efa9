"""The part of a session's script that finds clusters and odd stars again, or carries what was done by hand."""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.anomalies import METHODS
from stellar_gui.analysis.cluster_recipe import edits
from stellar_gui.analysis.clusters import ClusterSettings
from stellar_gui.analysis.findings import ANOMALY_SCORE, CLUSTER, UNLABELLED, Finding
from stellar_gui.session.script.python_source import Source, comment, quoted
from stellar_gui.session.script.stars import Carried
from stellar_gui.session.session import Session


def finding_lines(session: Session, source: Source, carried: Carried) -> list[str]:
    """Each finding by its recipe where that can be followed here, else with its values."""
    if not session.findings:
        return []
    source.use("dataclasses", "replace")
    lines = ["", "# what analyses found", "findings = []"]
    for finding in session.findings:
        why = _obstacle(session, finding)
        if why is not None:
            lines += [*comment(f"“{finding.title}” is carried: {why}"), *_carried(finding, source, carried)]
        elif finding.name == CLUSTER:
            lines += _clusters(finding, source)
        else:
            lines += _scores(finding, source)
    return [*lines, "session = replace(session, findings=tuple(findings))"]


def _clusters(finding: Finding, source: Source) -> list[str]:
    names = [item.name for item in fields(ClusterSettings)]
    settings = ClusterSettings(**{name: finding.recipe[name] for name in names})
    source.use("stellar_gui.analysis.clusters", "as_finding")
    source.use("stellar_gui.session.clusters", "cluster_stars")
    return [
        f"clustering = drain(cluster_stars(session, {source.of(settings)}))",
        "findings.append(as_finding(clustering, model))",
    ]


def _scores(finding: Finding, source: Source) -> list[str]:
    source.use("stellar_gui.analysis.anomalies", "METHODS")
    source.use("stellar_gui.session.anomalies", "score_stars")
    return [
        f"method = METHODS[{quoted(finding.recipe['method'])}]",
        "findings.append(drain(score_stars(catalog, session.embedding, model, method)))",
    ]


def _carried(finding: Finding, source: Source, carried: Carried) -> list[str]:
    source.use("stellar_gui.analysis.findings", "Finding")
    values = carried.read(f"finding {finding.name}", finding.values, source)
    facts = (source.of(finding.unit), source.of(dict(finding.labels)), source.of(dict(finding.recipe)))
    made = source.call("Finding", quoted(finding.name), quoted(finding.title), values, *facts)
    return [f"findings.append({made})"]


def _obstacle(session: Session, finding: Finding) -> str | None:
    """Why a finding cannot be made again; None where it can."""
    recipe, model = finding.recipe, session.model
    if finding.name == CLUSTER:
        known = all(item.name in recipe for item in fields(ClusterSettings))
        here: NDArray[np.bool_] = finding.values != UNLABELLED
    elif finding.name == ANOMALY_SCORE:
        known = str(recipe.get("method")) in METHODS
        here = np.isfinite(finding.values)
    else:
        return "it was made by hand, or by what this script does not know"
    if edits(recipe):
        return "it was corrected by hand"
    if not known:
        return "its recipe is not known"
    if model is None or recipe.get("model") != model.id:
        return "it was made with another model than the one shown"
    return None if np.array_equal(here, session.quality.kept) else "it was made under other quality checks"
