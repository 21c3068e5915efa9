"""Encoding surveys part by part: the outcome of the whole table, and work that breaks off goes on to the same bytes."""

import resource
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

from stellar_gui import __version__
from stellar_gui.analysis.plane_index.reading import open_plane_index
from stellar_gui.catalog.simulation import simulate
from stellar_gui.catalog.survey.parts import open_survey
from stellar_gui.cli import main
from stellar_gui.errors import InputError, OutputError
from stellar_gui.progress import drain
from stellar_gui.session.encoding import encode_file
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import StoredModel, load_model, save_session
from stellar_gui.session.survey.encoding import encode_folder, encode_parquet_file, resumable
from tests.catalog.hats_folder import write_hats

PARTS, ROWS = 4, 300
DEADLINE = 60.0
NAMES = ("stars.parquet", "out.parquet", "whole.parquet")


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


@pytest.mark.parametrize("several", [False, True])
def test_a_process_that_was_killed_leaves_what_the_next_one_goes_on_with(
    run: Path,
    stars: pd.DataFrame,
    tmp_path: Path,
    several: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("stellar_gui.session.survey.encoding.FILE_ROWS", 1000)
    source, target, whole = (tmp_path / name for name in (("in", "out", "whole") if several else NAMES))
    if several:
        source.mkdir()
        for number in range(20):
            stars.to_parquet(source / f"part_{number:02d}.parquet", index=False)
    else:
        pd.concat([stars] * 20, ignore_index=True).to_parquet(source, index=False)
    code = (
        "import sys; from stellar_gui.session.survey import encoding; encoding.FILE_ROWS = 1000\n"
        "from stellar_gui.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = ["encode", str(run), str(source), "-o"]
    second = target / "part_01.parquet" if several else tmp_path / ".out.parquet.encoding" / "000001.parquet"
    process = subprocess.Popen([sys.executable, "-c", code, *command, str(target)], stderr=subprocess.DEVNULL)
    end = time.monotonic() + DEADLINE
    while not second.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert second.exists() and not (target / "part_19.parquet" if several else target).exists()
    assert main([*command, str(target)]) == 0
    assert "were there from before" in capsys.readouterr().out
    assert main([*command, str(whole)]) == 0
    assert "were there from before" not in capsys.readouterr().out
    assert (contents(target) == contents(whole)) if several else (target.read_bytes() == whole.read_bytes())
    assert {item.name for item in tmp_path.iterdir()} == {source.name, target.name, whole.name}


def test_what_was_kept_and_is_damaged_is_made_anew(
    stored: StoredModel, stars: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stellar_gui.session.survey.encoding.FILE_ROWS", ROWS)
    source, target = tmp_path / "stars.parquet", tmp_path / "out.parquet"
    stars.to_parquet(source, index=False)
    kept = tmp_path / ".out.parquet.encoding" / "000000.parquet"
    work = encode_parquet_file(stored, source, target)
    while not kept.exists():
        next(work)
    work.close()
    damaged = bytearray(kept.read_bytes())
    damaged[100:8000] = bytes(7900)
    kept.write_bytes(damaged)
    with pytest.raises(InputError, match=r"000000.parquet: what was kept .* is damaged and now removed; encode again"):
        drain(encode_parquet_file(stored, source, target))
    drain(encode_parquet_file(stored, source, target))
    assert len(pd.read_parquet(target)) == len(stars)


def test_a_full_disk_keeps_what_is_done(
    stored: StoredModel, stars: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stellar_gui.session.survey.encoding.FILE_ROWS", ROWS)
    source, target = tmp_path / "stars.parquet", tmp_path / "out.parquet"
    stars.to_parquet(source, index=False)
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OutputError, match=r"out.parquet: it could not be written .*; make room, then encode again"):
            drain(encode_parquet_file(stored, source, target))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert not target.exists()
    assert drain(encode_parquet_file(stored, source, target)).found > 0
    assert sorted(item.name for item in tmp_path.iterdir()) == ["out.parquet", "stars.parquet"]


def test_a_target_that_cannot_be_is_told_before_the_work(
    stored: StoredModel, stars: pd.DataFrame, tmp_path: Path
) -> None:
    stars.to_parquet(tmp_path / "stars.parquet", index=False)
    (tmp_path / "folder.parquet").mkdir()
    for name, words in (("folder.parquet", "this is a folder"), ("none/out.parquet", "its folder does not exist")):
        with pytest.raises(OutputError, match=words):
            next(encode_parquet_file(stored, tmp_path / "stars.parquet", tmp_path / name))
    assert sorted(item.name for item in tmp_path.iterdir()) == ["folder.parquet", "stars.parquet"]


def test_the_target_may_be_the_source(stored: StoredModel, stars: pd.DataFrame, tmp_path: Path) -> None:
    source = tmp_path / "stars.parquet"
    stars.to_parquet(source, index=False)
    drain(encode_parquet_file(stored, source, tmp_path / "out.parquet"))
    drain(encode_parquet_file(stored, source, source))
    pd.testing.assert_frame_equal(pd.read_parquet(source), pd.read_parquet(tmp_path / "out.parquet"))


@pytest.mark.parametrize("group_rows", [7, 100, 5000])
def test_row_groups_of_any_size_give_the_same(
    stored: StoredModel, stars: pd.DataFrame, tmp_path: Path, group_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stellar_gui.session.survey.encoding.FILE_ROWS", 333)
    source = tmp_path / "stars.parquet"
    stars.to_parquet(source, index=False, row_group_size=group_rows)
    drain(encode_parquet_file(stored, source, tmp_path / "out.parquet"))
    drain(encode_file(stored, source, tmp_path / "plain.parquet"))
    found, expected = pd.read_parquet(tmp_path / "out.parquet"), pd.read_parquet(tmp_path / "plain.parquet")
    pd.testing.assert_frame_equal(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("place", [0, 1])
def test_a_part_without_rows_stays_one(stored: StoredModel, stars: pd.DataFrame, tmp_path: Path, place: int) -> None:
    for number, part in enumerate((stars.head(0), stars) if place == 0 else (stars, stars.head(0))):
        (tmp_path / "in").mkdir(exist_ok=True)
        part.to_parquet(tmp_path / "in" / f"part_{number}.parquet", index=False)
    assert drain(encode_folder(stored, tmp_path / "in", tmp_path / "out")).rows == len(stars)
    schemas = [pq.read_schema(tmp_path / "out" / f"part_{number}.parquet") for number in range(2)]
    assert schemas[0].equals(schemas[1])
    assert len(pd.read_parquet(tmp_path / "out" / f"part_{place}.parquet")) == 0
    assert drain(open_plane_index(tmp_path / "out")).rows == len(stars)


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


@pytest.mark.parametrize("listed", [True, False])
def test_a_hats_catalogue_becomes_one(stored: StoredModel, stars: pd.DataFrame, tmp_path: Path, listed: bool) -> None:
    source, out = tmp_path / "sky", tmp_path / "encoded_sky"
    write_hats(stars, source, order=1)
    partitions = (source / "partition_info.csv").read_bytes()
    with (source / "hats.properties").open("a", encoding="utf-8") as file:
        file.write("hats_cols_default=u g\nhats_creation_date=2026-01-01T00:00UTC\nhats_skymap_alt_orders=2\n")
    (source / "skymap.2.fits").write_bytes(b"a map")
    if not listed:
        (source / "partition_info.csv").unlink()
    counts = drain(encode_folder(stored, source, out))
    found = drain(open_survey(out))
    assert found.hats is not None
    told = {**found.hats.properties}
    assert told.pop("hats_builder") == f"Stellar GUI {__version__}"
    assert int(told.pop("hats_estsize")) == sum(part.size for part in found.parts) // 1024 > 0
    original = drain(open_survey(source)).hats
    assert original is not None
    kept = original.properties.keys() - {"hats_cols_default", "hats_creation_date"}
    assert told == {key: original.properties[key] for key in kept} | {"obs_collection": "encoded_sky"}
    assert [part.pixel for part in found.parts] == [part.pixel for part in drain(open_survey(source)).parts]
    assert counts.rows == found.rows == len(stars)
    assert (out / "partition_info.csv").read_bytes() == partitions
    assert (out / "skymap.2.fits").read_bytes() == b"a map"
    assert pq.read_schema(out / "dataset" / "_common_metadata").equals(found.schema)
    assert len(list(out.rglob("Norder*/Dir*/Npix*"))) == len(found.parts)  # where HATS's own check looks for partitions
    assert drain(open_plane_index(out)).rows == len(stars)
