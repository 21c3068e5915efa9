"""Encoding and decoding tables of any length, piece by piece, with the same outcome as all at once."""

import os
import resource
import signal
from pathlib import Path
from tempfile import gettempdir

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.table import Table

from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise
from stellar_gui.catalog.formats.raw_table import Limits
from stellar_gui.catalog.quality import Reason, check
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.simulation import simulate
from stellar_gui.catalog.writing import write_table
from stellar_gui.errors import InputError, OutputError
from stellar_gui.progress import drain
from stellar_gui.session.encoding import Decoded, decode_file, encode_file
from stellar_gui.session.pieces import Types, read_table_pieces
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import StoredModel, load_model, save_session

ADDED = ["latent_1", "latent_2", *(f"{band}_{kind}" for kind in ("rec", "res") for band in "ugriz"), "rec_error"]


@pytest.fixture(scope="module")
def stored(trained: Session, tmp_path_factory: pytest.TempPathFactory) -> StoredModel:
    path = tmp_path_factory.mktemp("sessions") / "run.stellar"
    drain(save_session(trained, path))
    return drain(load_model(path))


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of some fifty rows, so that a small table has many."""
    monkeypatch.setattr("stellar_gui.catalog.formats.text_pieces.PIECE", 4096)
    monkeypatch.setattr("stellar_gui.session.pieces._BATCH_ROWS", 50)


def stars() -> pd.DataFrame:
    """500 stars with every fault: 10 rows each of NaN, -9999, 35 mag, duplicates (of row 0), which start far apart."""
    table = simulate(500, seed=9).table.copy()
    table["note"] = [f"no. {k}, “{k}”" if k % 3 else None for k in range(500)]
    table["run"] = np.arange(500)
    table.loc[10:19, "u"] = np.nan
    table.loc[100:109, "g"] = -9999.0
    table.loc[200:209, "r"] = 35.0
    table.loc[400:409, "objid"] = table.loc[0, "objid"]
    return table


def write(table: pd.DataFrame, path: Path) -> Path:
    table.to_csv(path, index=False) if path.suffix == ".csv" else table.to_parquet(path)
    return path


@pytest.mark.parametrize("source", ["in.csv", "in.parquet"])
@pytest.mark.parametrize("target", ["out.csv", "out.csv.gz", "out.parquet"])
@pytest.mark.usefixtures("small_pieces")
def test_every_row_is_kept_in_order_with_values_or_a_reason(
    stored: StoredModel, tmp_path: Path, source: str, target: str
) -> None:
    table = stars()
    counts = drain(encode_file(stored, write(table, tmp_path / source), tmp_path / target))
    found = drain(load_table(tmp_path / target)).frame
    quality = check(Catalog(table, recognise(table).roles, Provenance("stars")), stored.manifest.cuts)
    assert (counts.rows, counts.encoded) == (500, int(quality.kept.sum()))
    assert list(found.columns) == [*table.columns, *ADDED, "quality"]
    pd.testing.assert_frame_equal(found[list(table.columns)], table, check_dtype=False)
    reasons = [None if code == 0 else Reason(code).label for code in quality.reason]
    assert found["quality"].astype(object).where(found["quality"].notna(), None).tolist() == reasons
    assert set(filter(None, reasons)) == {
        "missing magnitude", "placeholder magnitude", "magnitude out of range", "duplicate identifier"
    }  # fmt: skip
    kept = quality.kept
    magnitudes = table[list("ugriz")].to_numpy(np.float32)[kept]
    latent = stored.model.encode(magnitudes)
    np.testing.assert_allclose(found.loc[kept, ["latent_1", "latent_2"]], latent, atol=1e-4)
    np.testing.assert_allclose(
        found.loc[kept, [f"{band}_rec" for band in "ugriz"]], stored.model.decode(latent), atol=1e-4
    )
    assert found.loc[~kept, ADDED].isna().all(axis=None)


@pytest.mark.usefixtures("small_pieces")
def test_pieces_have_the_types_of_the_whole_and_no_row_is_lost(tmp_path: Path) -> None:
    rows = 400
    table = pd.DataFrame(
        {
            "u": np.where(np.arange(rows) < 300, 20, 20.5),
            "id": [str(2**60 + k) for k in range(rows)],
            "mixed": [str(k) if k != 350 else "none" for k in range(rows)],
            "padded": [f"{k:04d}" for k in range(rows)],
            "late": ["" if k < 390 else "text" for k in range(rows)],
            "empty": "",
            "large": [str(2**60 + k) if k < 300 else "0.5" for k in range(rows)],
        }
    )
    table["u"] = [f"{value:g}" for value in table["u"]]
    path = write(table, tmp_path / "in.csv")
    types = Types()
    for piece in read_table_pieces(path):
        types.add(piece.table)
    pieces = list(read_table_pieces(path, types.settled()))
    assert len(pieces) > 4
    found = pa.concat_tables(piece.table for piece in pieces)
    assert found["u"].type == pa.float64()
    assert found["id"].to_pylist() == [2**60 + k for k in range(rows)]
    for name in ("mixed", "padded", "large"):
        assert found[name].to_pylist() == table[name].tolist()
    assert found["late"].to_pylist()[-10:] == ["text"] * 10
    assert found["empty"].null_count == rows
    assert pieces[-1].share == 1.0


@pytest.mark.parametrize("name", ["stars.csv", "stars.parquet"])
def test_the_output_may_be_the_input(stored: StoredModel, tmp_path: Path, name: str) -> None:
    path = write(stars(), tmp_path / name)
    drain(encode_file(stored, path, path))
    once = drain(load_table(path)).frame
    assert len(once) == 500
    drain(encode_file(stored, path, path))
    twice = drain(load_table(path)).frame
    assert len(twice.columns) == len(once.columns) + len(ADDED) + 1
    pd.testing.assert_series_equal(twice["latent_1"], once["latent_1"])
    pd.testing.assert_series_equal(twice["latent_1_source"], once["latent_1"], check_names=False)
    assert [item.name for item in tmp_path.iterdir()] == [name]


def test_the_sessions_columns_are_used_where_the_table_has_them(trained: Session, tmp_path: Path) -> None:
    table = trained.catalog.table.assign(**{f"psfMag_{band}": trained.catalog.table[band] + 1 for band in "ugriz"})
    catalog = Catalog(table, trained.catalog.columns, Provenance("stars"))
    catalog = catalog.with_columns({band: f"psfMag_{band}" for band in "ugriz"})
    drain(save_session(Session(catalog, trained.cuts, trained.model), tmp_path / "run.stellar"))
    path = write(table, tmp_path / "stars.csv")
    stored = drain(load_model(tmp_path / "run.stellar"))
    drain(encode_file(stored, path, tmp_path / "out.csv"))
    found = drain(load_table(tmp_path / "out.csv")).frame.dropna(subset="u_rec")
    np.testing.assert_allclose(found["u_rec"] + found["u_res"], found["psfMag_u"], atol=1e-4)
    drain(encode_file(stored, path, tmp_path / "out.csv", {band: band for band in "ugriz"}))
    found = drain(load_table(tmp_path / "out.csv")).frame.dropna(subset="u_rec")
    np.testing.assert_allclose(found["u_rec"] + found["u_res"], found["u"], atol=1e-4)


@pytest.mark.usefixtures("small_pieces")
def test_a_class_that_is_absent_from_a_piece_is_still_checked(trained: Session, tmp_path: Path) -> None:
    table = simulate(400, seed=9).table.assign(**{"class": ["STAR"] * 200 + ["GALAXY"] * 200})
    drain(save_session(Session(trained.catalog, model=trained.model), tmp_path / "run.stellar"))
    stored = drain(load_model(tmp_path / "run.stellar"))
    drain(encode_file(stored, write(table, tmp_path / "in.csv"), tmp_path / "out.csv"))
    found = drain(load_table(tmp_path / "out.csv")).frame
    assert set(found["quality"][200:]) <= {"other class", "zero-flux magnitude"}
    assert "other class" not in set(found["quality"][:200])


@pytest.mark.usefixtures("small_pieces")
def test_identifiers_that_are_numbers_in_one_piece_and_text_in_another_are_compared(
    stored: StoredModel, tmp_path: Path
) -> None:
    names = [str(number) for number in range(400)]
    names[300], names[390], names[395], names[397], names[398] = "5", "7", "SDSS J1", "SDSS J1", "007"
    table = simulate(400, seed=1).table.assign(objid=names)
    drain(encode_file(stored, write(table, tmp_path / "in.csv"), tmp_path / "out.parquet"))
    found = pd.read_parquet(tmp_path / "out.parquet")["quality"]
    assert np.flatnonzero(found == "duplicate identifier").tolist() == [300, 390, 397]


def test_a_table_that_cannot_be_used_leaves_no_output(stored: StoredModel, tmp_path: Path) -> None:
    (tmp_path / "words.csv").write_text("name,place\nVega,Lyra\n", encoding="utf-8")
    (tmp_path / "header.csv").write_text("u,g,r,i,z\n", encoding="utf-8")
    (tmp_path / "odd.csv").write_text("u,g,r,i,z\n1,2,3,4,5\n1,2,3\n", encoding="utf-8")
    for name, words in (
        ("words", "have no column"),
        ("header", "no rows"),
        ("odd", "line 3"),
        ("none", "no such file"),
    ):
        with pytest.raises(InputError, match=rf"{name}\.csv: .*{words}"):
            drain(encode_file(stored, tmp_path / f"{name}.csv", tmp_path / "out.csv"))
    assert not (tmp_path / "out.csv").exists()
    assert sorted(item.name for item in tmp_path.iterdir()) == ["header.csv", "odd.csv", "words.csv"]


def test_an_output_that_cannot_be_written_is_told(stored: StoredModel, tmp_path: Path) -> None:
    path = write(stars(), tmp_path / "in.csv")
    for target in ("none/out.csv", "out.docx"):
        with pytest.raises(OutputError):
            drain(encode_file(stored, path, tmp_path / target))


def test_a_truncated_parquet_file_is_told(stored: StoredModel, tmp_path: Path) -> None:
    path = write(stars(), tmp_path / "in.parquet")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(InputError, match=r"in\.parquet: .*cut off"):
        drain(encode_file(stored, path, tmp_path / "out.csv"))


def test_parquet_types_and_gaps_come_through(stored: StoredModel, tmp_path: Path) -> None:
    table = stars().assign(gap=pd.array([None, *range(499)], dtype="Int64"), kind=pd.Categorical(["a", "b"] * 250))
    drain(encode_file(stored, write(table, tmp_path / "in.parquet"), tmp_path / "out.parquet"))
    before, after = (pq.ParquetFile(tmp_path / f"{name}.parquet").read() for name in ("in", "out"))
    for name in before.column_names:
        assert after[name].type == before[name].type
        assert after[name].to_pylist() == before[name].to_pylist()


def test_decoding_gives_the_magnitudes_row_by_row(stored: StoredModel, tmp_path: Path) -> None:
    latents = pd.DataFrame({"latent_2": [0.5, np.nan, -1.0], "latent_1": [0.0, 1.0, 2.0], "u": [1.0, 2.0, 3.0]})
    path = write(latents, tmp_path / "in.csv")
    assert drain(decode_file(stored, path, tmp_path / "out.csv")) == Decoded(3, typical_brightness=False)
    found = drain(load_table(tmp_path / "out.csv")).frame
    assert list(found.columns) == ["latent_1", "latent_2", *"ugriz"]
    expected = stored.model.decode(latents[["latent_1", "latent_2"]].to_numpy(np.float32)[[0, 2]])
    np.testing.assert_allclose(found.loc[[0, 2], list("ugriz")], expected, atol=1e-5)
    assert found.loc[1, list("ugriz")].isna().all()


def test_decoding_without_latent_columns_is_told(stored: StoredModel, tmp_path: Path) -> None:
    path = write(pd.DataFrame({"latent_1": [0.0]}), tmp_path / "in.csv")
    with pytest.raises(InputError, match=r"in\.csv: no column “latent_2” among latent_1"):
        drain(decode_file(stored, path, tmp_path / "out.csv"))


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_a_file_whose_name_is_not_utf8_is_encoded(stored: StoredModel, tmp_path: Path, name: str) -> None:
    path = write(stars().head(20), tmp_path / "in.csv").rename(tmp_path / os.fsdecode(b"a\xff.csv"))
    assert drain(encode_file(stored, path, tmp_path / name)).rows == 20
    if name == "out.parquet":
        source = pq.read_schema(tmp_path / name).metadata[b"stellar_gui.source"].decode()
        assert source == str(tmp_path / "a\\udcff.csv")


@pytest.mark.parametrize("column", ["u", "latent_1"])
def test_numbers_beyond_single_precision_are_not_finite(stored: StoredModel, tmp_path: Path, column: str) -> None:
    table = stars().head(20)[["objid", *"ugriz"]].assign(latent_1=0.0, latent_2=0.0)
    table.loc[3, column] = -1e308
    path = write(table, tmp_path / "in.parquet")
    if column == "u":
        drain(encode_file(stored, path, tmp_path / "out.parquet"))
        assert pd.read_parquet(tmp_path / "out.parquet").loc[3, "quality"] == Reason.NOT_FINITE.label
    else:
        drain(decode_file(stored, path, tmp_path / "out.parquet"))
        assert pd.read_parquet(tmp_path / "out.parquet")["u"].isna().tolist() == [k == 3 for k in range(20)]


def test_more_rows_than_memory_allows_are_refused_only_where_the_output_is_held_in_memory(
    stored: StoredModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stellar_gui.session.encoding.LIMITS", Limits(memory=60 * 499))
    path = write(stars(), tmp_path / "in.csv")
    with pytest.raises(InputError, match=r"in\.csv: to open the table takes more than 29 KiB of memory"):
        drain(encode_file(stored, path, tmp_path / "out.fits"))
    assert drain(encode_file(stored, path, tmp_path / "out.csv")).rows == 500


def test_a_temporary_folder_that_cannot_be_made_is_told(
    stored: StoredModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(stars().head(20), tmp_path / "in.csv")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(OutputError, match=r"no temporary folder could be made .*TMPDIR"):
        drain(encode_file(stored, path, tmp_path / "out.parquet"))


def test_a_full_temporary_folder_is_told_by_its_name(stored: StoredModel, tmp_path: Path) -> None:
    path = write(stars().head(300), tmp_path / "in.parquet")
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
    try:
        with pytest.raises(OutputError, match=f"temporary files could not be written in {gettempdir()}"):
            drain(encode_file(stored, path, tmp_path / "out.csv"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert [item.name for item in tmp_path.iterdir()] == ["in.parquet"]


@pytest.mark.parametrize("room", [2_000, 40_000])
def test_a_full_disk_is_told_by_the_name_of_what_was_to_be_written(
    stored: StoredModel, tmp_path: Path, room: int
) -> None:
    path = write(stars().head(300), tmp_path / "in.csv")
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(OutputError, match=r"temporary files|out\.csv: it could not be written"):
            drain(encode_file(stored, path, tmp_path / "out.csv"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert [item.name for item in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize(("source", "target"), [(".fits", ".fits"), (".vot", ".parquet"), (".ecsv", ".vot")])
@pytest.mark.usefixtures("small_pieces")
def test_astronomers_formats_give_what_csv_gives(stored: StoredModel, tmp_path: Path, source: str, target: str) -> None:
    table = stars()
    write_table(table, tmp_path / f"stars{source}", units={"u": "mag"})
    drain(encode_file(stored, write(table, tmp_path / "plain.csv"), tmp_path / "plain.parquet"))
    drain(encode_file(stored, tmp_path / f"stars{source}", tmp_path / f"out{target}"))
    found, expected = (drain(load_table(tmp_path / name)) for name in (f"out{target}", "plain.parquet"))
    pd.testing.assert_frame_equal(found.frame[list(table)], expected.frame[list(table)], check_exact=True)
    pd.testing.assert_frame_equal(found.frame, expected.frame, rtol=1e-4, atol=1e-5)
    assert found.units["u"] == found.units["u_rec"] == "mag"
    assert found.column_meta["r_res"].ucd == "stat.fit.residual;phot.mag;em.opt.R"


def test_the_named_table_of_a_fits_file_is_encoded_and_decoded(stored: StoredModel, tmp_path: Path) -> None:
    path = tmp_path / "two.fits"
    other, mine = Table({"a": [1]}), Table.from_pandas(simulate(60, seed=9).table)
    units = [fits.BinTableHDU(other, name="OTHER"), fits.BinTableHDU(mine, name="MINE")]
    fits.HDUList([fits.PrimaryHDU(), *units]).writeto(path)
    drain(encode_file(stored, path, path, table="mine"))
    assert len(drain(load_table(path)).frame) == 60
    assert drain(decode_file(stored, path, tmp_path / "out.csv", table="STARS")).rows == 60
    with pytest.raises(InputError, match="no table “x” in it"):
        drain(encode_file(stored, path, tmp_path / "out.csv", table="x"))
