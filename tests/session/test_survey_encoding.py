"""Encoding surveys part by part: the outcome of the whole table, and work that breaks off goes on to the same bytes."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from stellar_gui.analysis.plane_index.reading import open_plane_index
from stellar_gui.catalog.simulation import simulate
from stellar_gui.catalog.survey.parts import open_survey
from stellar_gui.errors import InputError, OutputError
from stellar_gui.progress import drain
from stellar_gui.session.encoding import encode_file
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import StoredModel, load_model, save_session
from stellar_gui.session.survey.encoding import encode_folder, encode_parquet_file, resumable
from tests.catalog.hats_folder import write_hats

PARTS, ROWS = 4, 300
DEADLINE = 60.0


@pytest.fixture(scope="module")
def run(trained: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sessions") / "run.stellar"
    drain(save_session(trained, path))
    return path


@pytest.fixture(scope="module")
def stored(run: Path) -> StoredModel:
    return drain(load_model(run))


@pytest.fixture(scope="module")
def stars() -> pd.DataFrame:
    """Stars of which some repeat an identifier of another part, and some lack a band."""
    table = simulate(PARTS * ROWS, seed=3).table.copy()
    table["objid"] = np.arange(len(table)) + 10**18
    table.loc[[5, 700, 1100], "objid"] = table.loc[0, "objid"]
    table.loc[400:409, "u"] = np.nan
    return table


@pytest.fixture
def survey(stars: pd.DataFrame, tmp_path: Path) -> Path:
    folder = tmp_path / "survey"
    for number in range(PARTS):
        path = folder / f"field_{number % 2}" / f"part_{number}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        stars.iloc[ROWS * number : ROWS * (number + 1)].to_parquet(path, index=False)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_gives_what_its_files_give_as_one_table(stored: StoredModel, survey: Path, tmp_path: Path) -> None:
    counts = drain(encode_folder(stored, survey, tmp_path / "out"))
    order = [part.path for part in drain(open_survey(survey)).parts]
    joined = pd.concat([pd.read_parquet(path) for path in order], ignore_index=True)
    joined.to_parquet(tmp_path / "joined.parquet")
    expected_counts = drain(encode_file(stored, tmp_path / "joined.parquet", tmp_path / "whole.parquet"))
    parts = [pd.read_parquet(tmp_path / "out" / path.relative_to(survey)) for path in order]
    found, expected = pd.concat(parts, ignore_index=True), pd.read_parquet(tmp_path / "whole.parquet")
    pd.testing.assert_frame_equal(found, expected, rtol=1e-4, atol=1e-5)
    assert (counts.rows, counts.encoded, counts.found) == (expected_counts.rows, expected_counts.encoded, 0)
    assert (found["quality"] == "duplicate identifier").any()
    metadata = pq.read_schema(tmp_path / "out" / order[0].relative_to(survey)).metadata
    assert metadata[b"stellar_gui.model"].decode() == stored.model.id


def test_what_is_there_is_kept_and_the_rest_is_made_to_the_same_bytes(
    stored: StoredModel, survey: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    drain(encode_folder(stored, survey, out))
    whole = contents(out)
    gone = sorted(out.rglob("part_*.parquet"))[1::2]
    for path in gone:
        path.unlink()
    counts = drain(encode_folder(stored, survey, out))
    assert contents(out) == whole
    assert 0 < counts.found < counts.rows == PARTS * ROWS


def test_the_work_can_be_closed_and_goes_on(stored: StoredModel, survey: Path, tmp_path: Path) -> None:
    drain(encode_folder(stored, survey, tmp_path / "whole"))
    work = encode_folder(stored, survey, tmp_path / "out")
    while not list((tmp_path / "out").rglob("part_*.parquet")):
        next(work)
    work.close()
    assert 0 < len(list((tmp_path / "out").glob("field_*/*"))) < PARTS
    drain(encode_folder(stored, survey, tmp_path / "out"))
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_process_that_was_killed_leaves_what_the_next_one_goes_on_with(
    run: Path, stored: StoredModel, stars: pd.DataFrame, tmp_path: Path
) -> None:
    source, target = tmp_path / "stars.parquet", tmp_path / "out.parquet"
    pd.concat([stars] * 20, ignore_index=True).to_parquet(source, index=False)
    code = (
        "import sys; from stellar_gui.session.survey import encoding; encoding.FILE_ROWS = 2000\n"
        "from stellar_gui.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "encode", str(run), str(source), "-o"]
    subprocess.run([*command, str(tmp_path / "whole.parquet")], check=True, capture_output=True, timeout=DEADLINE)
    first = tmp_path / ".out.parquet.encoding" / "000001.parquet"
    process = subprocess.Popen([*command, str(target)], stderr=subprocess.DEVNULL)
    end = time.monotonic() + DEADLINE
    while not first.exists() and process.poll() is None and time.monotonic() < end:
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert first.exists() and not target.exists()
    again = subprocess.run([*command, str(target)], check=True, capture_output=True, text=True, timeout=DEADLINE)
    assert "were there from before" in again.stdout
    assert target.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert sorted(item.name for item in tmp_path.iterdir()) == ["out.parquet", "stars.parquet", "whole.parquet"]


def test_other_work_does_not_go_on_with_what_is_there(
    stored: StoredModel, survey: Path, stars: pd.DataFrame, tmp_path: Path
) -> None:
    drain(encode_folder(stored, survey, tmp_path / "out"))
    with pytest.raises(OutputError, match="out: the folder holds the outcome of other work; choose a new one"):
        drain(encode_folder(stored, survey, tmp_path / "out", {"u": "g", "g": "u"}))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="full: the folder holds other files; choose a new one"):
        drain(encode_folder(stored, survey, tmp_path / "full"))
    for target in (survey, survey / "inside", tmp_path):
        with pytest.raises(OutputError, match="choose a folder outside of survey"):
            drain(encode_folder(stored, survey, target))
    assert (tmp_path / "full" / "letter.txt").read_text(encoding="utf-8") == "mine"


def test_a_file_of_other_content_begins_anew(stored: StoredModel, stars: pd.DataFrame, tmp_path: Path) -> None:
    source, target = tmp_path / "stars.parquet", tmp_path / "out.parquet"
    stars.to_parquet(source, index=False)
    assert not resumable(source, target)
    work = encode_parquet_file(stored, source, target)
    for progress in work:
        if progress.unit == "rows" and progress.done:
            break
    work.close()
    changed = stars.assign(u=stars["u"] + 1)
    changed.to_parquet(source, index=False)
    assert drain(encode_parquet_file(stored, source, target)).found == 0
    drain(encode_file(stored, source, tmp_path / "plain.parquet"))
    found, expected = pd.read_parquet(target), pd.read_parquet(tmp_path / "plain.parquet")
    pd.testing.assert_frame_equal(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: shutil.rmtree(folder / "field_0") or shutil.rmtree(folder / "field_1"), "no Parquet files"),
        (lambda folder: (folder / "field_0" / "part_2.parquet").write_bytes(b"PAR1 and no more"), "part_2.*damaged"),
        (
            lambda folder: pd.DataFrame({"u": [1.0]}).to_parquet(folder / "field_1" / "part_9.parquet"),
            "part_9.parquet: its columns are not those",
        ),
    ],
)
def test_a_folder_that_is_no_survey_is_told_in_a_sentence(
    stored: StoredModel, survey: Path, tmp_path: Path, spoil: object, words: str
) -> None:
    spoil(survey)
    with pytest.raises(InputError, match=words):
        drain(encode_folder(stored, survey, tmp_path / "out"))


def test_the_index_of_the_map_counts_the_encoded_stars(stored: StoredModel, survey: Path, tmp_path: Path) -> None:
    counts = drain(encode_folder(stored, survey, tmp_path / "out"))
    index = drain(open_plane_index(tmp_path / "out"))
    assert (index.rows, index.pyramid.stars, index.model) == (counts.rows, counts.encoded, stored.model.id)
    (tmp_path / "out" / "field_0" / "part_0.parquet").unlink()
    with pytest.raises(InputError, match=r"part_0\.parquet: this part is missing"):
        drain(open_plane_index(tmp_path / "out"))


def test_a_hats_catalogue_becomes_one(stored: StoredModel, stars: pd.DataFrame, tmp_path: Path) -> None:
    source, out = tmp_path / "sky", tmp_path / "encoded_sky"
    write_hats(stars, source, order=1)
    counts = drain(encode_folder(stored, source, out))
    found = drain(open_survey(out))
    assert found.hats is not None and found.hats.properties["obs_collection"] == "encoded_sky"
    assert [part.pixel for part in found.parts] == [part.pixel for part in drain(open_survey(source)).parts]
    assert counts.rows == found.rows == len(stars)
    assert (out / "partition_info.csv").read_bytes() == (source / "partition_info.csv").read_bytes()
