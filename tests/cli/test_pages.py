"""stellar-gui report and script: a session as a page, and as a script that repeats it."""

from pathlib import Path

from tests.cli.conftest import Run


def test_the_report_is_written(run: Run, session: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    told = run("report", session, out)
    assert told.status == 0 and told.err == "" and str(out) in told.out
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>\n")


def test_the_script_is_written(run: Run, session: Path, tmp_path: Path) -> None:
    out = tmp_path / "again.py"
    told = run("script", session, out)
    assert told.status == 0 and str(out) in told.out
    assert "TrainingConfig(seed=1, epochs=2)" in out.read_text(encoding="utf-8")


def test_a_place_that_is_not_there_is_told_first(run: Run, session: Path, tmp_path: Path) -> None:
    for command, name in (("report", "report.html"), ("script", "again.py")):
        told = run(command, session, tmp_path / "nowhere" / name)
        assert told.status == 1 and "folder does not exist" in told.sentence
