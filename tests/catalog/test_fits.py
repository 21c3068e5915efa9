"""FITS tables made by astropy, by this program, and by nobody sane."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits
from astropy.table import MaskedColumn, Table
from hypothesis import given, settings
from hypothesis import strategies as st

from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.formats.fits_table import open_fits
from stellar_gui.catalog.formats.raw_table import Limits
from stellar_gui.catalog.reading import load_table, read_catalog, tables_in
from stellar_gui.catalog.writing import write_table
from stellar_gui.errors import InputError, OutputError
from stellar_gui.progress import drain
from tests.catalog.tables import IDENTIFIERS, saved, stars, table_of
from tests.catalog.test_bad_files import refused

LARGE = [2**63 - 1, -(2**63), 1237648721229774920]


def unit(*columns: fits.Column, name: str = "") -> fits.BinTableHDU:
    return fits.BinTableHDU.from_columns(list(columns), name=name)


def written(path: Path, *units: object) -> Path:
    fits.HDUList([fits.PrimaryHDU(), *units]).writeto(path)
    return path


def with_cards(path: Path, **cards: object) -> Path:
    """The file with more cards in its first table's header, the stored values left as they are."""
    data = path.read_bytes()
    header = fits.Header.fromstring(data[2880:])
    begin = 2880 + len(header.tostring())
    header.update(cards)
    path.write_bytes(data[:2880] + header.tostring().encode() + data[begin:])
    return path


def patched(path: Path, *changes: tuple[bytes, bytes]) -> Path:
    """The file with some of its cards changed, places kept."""
    data = path.read_bytes()
    for old, new in changes:
        assert old in data
        data = data.replace(old, new.ljust(len(old))[: max(len(old), len(new))])
    path.write_bytes(data)
    return path


def test_numbers_as_astropy_writes_them(tmp_path: Path):
    path = written(
        tmp_path / "stars.fits",
        unit(
            fits.Column("long", "K", array=np.array(LARGE)),
            fits.Column("unsigned", "K", bzero=2**63, array=np.array([0, 2**64 - 1, 2**63], np.uint64)),
            fits.Column("short", "I", bzero=2**15, array=np.array([0, 65535, 7], np.uint16)),
            fits.Column("signed", "B", bzero=-128, array=np.array([-128, 127, 0], np.int8)),
            fits.Column("byte", "B", array=np.array([0, 255, 7], np.uint8)),
            fits.Column("single", "E", array=np.float32([0.1, np.nan, -1e-20])),
            fits.Column("double", "D", array=[0.1, np.inf, 5e-324]),
            fits.Column("flag", "L", array=[True, False, True]),
            fits.Column("scaled", "I", array=np.array([1, 2, -2])),
        ),
    )
    with_cards(path, TSCAL9=0.5, TZERO9=10.0)
    expected = pd.DataFrame(
        {
            "long": LARGE,
            "unsigned": np.array([0, 2**64 - 1, 2**63], np.uint64),
            "short": np.array([0, 65535, 7], np.uint16),
            "signed": np.array([-128, 127, 0], np.int8),
            "byte": np.array([0, 255, 7], np.uint8),
            "single": np.float32([0.1, np.nan, -1e-20]),
            "double": [0.1, np.inf, 5e-324],
            "flag": [True, False, True],
            "scaled": [10.5, 11.0, 9.0],
        }
    )
    pd.testing.assert_frame_equal(table_of(path), expected, check_exact=True)


def test_tnull_stands_for_missing_whatever_the_type(tmp_path: Path):
    path = written(
        tmp_path / "stars.fits",
        unit(
            fits.Column("long", "K", null=-9, array=np.array([LARGE[0], -9])),
            fits.Column("scaled", "I", null=-9, array=np.array([3, -9])),
            fits.Column("plain", "J", array=np.array([-9, 1])),
        ),
    )
    with_cards(path, TSCAL2=0.5)
    table = table_of(path)
    assert table["long"].to_list() == [LARGE[0], pd.NA]
    assert str(table["long"].dtype) == "Int64"
    np.testing.assert_array_equal(table["scaled"], [1.5, np.nan])
    assert table["plain"].to_list() == [-9, 1]


def test_masked_columns_of_an_astropy_table(tmp_path: Path):
    table = Table(
        {
            "objid": MaskedColumn(LARGE, mask=[False, True, False]),
            "u": MaskedColumn([1.5, 2.5, 3.5], mask=[True, False, False], unit="mag"),
            "name": MaskedColumn(["a", "b", "star "], mask=[False, True, False]),
        }
    )
    table.write(tmp_path / "stars.fits")
    raw = drain(load_table(tmp_path / "stars.fits"))
    assert raw.frame["objid"].to_list() == [LARGE[0], pd.NA, LARGE[2]]
    np.testing.assert_array_equal(raw.frame["u"], [np.nan, 2.5, 3.5])
    assert raw.frame["name"].isna().to_list() == [False, True, False]
    assert raw.frame["name"].iloc[2] == "star"
    assert raw.units == {"u": "mag"}


def test_text_is_unicode_and_ends_with_its_blanks_or_a_nul(tmp_path: Path):
    cells = np.array([b"plain  ", "é星".encode(), b"\xe9t\xe9", b"a\0junk", b"  b", b" ", b""], dtype="S8")
    table = table_of(written(tmp_path / "stars.fits", unit(fits.Column("name", "8A", array=cells))))
    assert table["name"].to_list() == ["plain", "é星", "été", "a", "  b", "", np.nan]


def test_vectors_and_cells_of_changing_length(tmp_path: Path):
    varying = np.array([np.array([1, 2], np.int32), np.array([], np.int32), np.array([3], np.int32)], dtype=object)
    path = written(
        tmp_path / "stars.fits",
        unit(
            fits.Column("flux", "3E", array=np.arange(9, dtype=np.float32).reshape(3, 3)),
            fits.Column("list", "PJ()", array=varying),
            fits.Column("complex", "C", array=np.array([1 + 2j, 0, 3j], np.complex64)),
        ),
    )
    table = table_of(path)
    assert [list(row) for row in table["flux"]] == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert [list(row) for row in table["list"]] == [[1, 2], [], [3]]
    assert [list(row) for row in table["complex"]] == [[1, 2], [0, 0], [0, 3]]


def test_an_ascii_table(tmp_path: Path):
    columns = [
        fits.Column("objid", "I20", ascii=True, array=np.array(LARGE)),
        fits.Column("u", "D25.17", ascii=True, array=np.array([15.9634, -1e-20, 0.1])),
        fits.Column("name", "A5", ascii=True, array=["b", " c", "last"]),
    ]
    table = table_of(written(tmp_path / "stars.fits", fits.TableHDU.from_columns(columns)))
    assert table["objid"].to_list() == LARGE
    assert table["u"].to_list() == [15.9634, -1e-20, 0.1]
    assert table["name"].to_list() == ["b", " c", "last"]


def test_missing_numbers_of_an_ascii_table(tmp_path: Path):
    columns = [
        fits.Column("a", "I6", ascii=True, null="-99", array=np.array([1, -99, 3])),
        fits.Column("b", "F8.2", ascii=True, array=np.array([1.0, 2.0, 0.0])),
    ]
    path = written(tmp_path / "stars.fits", fits.TableHDU.from_columns(columns))
    table = table_of(with_cards(path, TSCAL2=0.5, TZERO2=1.0))
    assert table["a"].to_list() == [1, pd.NA, 3]
    assert table["b"].to_list() == [1.5, 2.0, 1.0]


def test_the_first_table_is_read_or_the_one_that_is_named(tmp_path: Path):
    path = written(
        tmp_path / "stars.fits",
        fits.ImageHDU(np.zeros((30, 40), np.float32)),
        unit(fits.Column("a", "J", array=[1]), name="FIRST"),
        unit(fits.Column("b", "J", array=[2, 3]), name="SECOND"),
        unit(fits.Column("c", "J", array=[4])),
    )
    assert tables_in(path) == ("FIRST", "SECOND", "4")
    assert list(table_of(path)) == ["a"]
    for name, column in (("FIRST", "a"), ("second", "b"), ("3", "b"), ("4", "c")):
        assert list(drain(load_table(path, table=name)).frame) == [column]
    with pytest.raises(InputError, match=r"^stars\.fits: no table “x” in it; it has 2 \(FIRST\), 3 \(SECOND\), 4\.$"):
        drain(load_table(path, table="x"))


def test_only_files_that_may_have_several_tables_are_asked_for_one(tmp_path: Path):
    with pytest.raises(InputError, match="there is one table in such a file"):
        drain(load_table(saved(tmp_path, "a,b\n1,2\n"), table="x"))
    assert tables_in(saved(tmp_path, "a,b\n1,2\n")) == ()


@pytest.mark.parametrize("name", ["stars.csv", "stars.fits.gz", "stars"])
def test_a_fits_file_is_known_by_its_content(tmp_path: Path, name: str):
    Table.from_pandas(stars(5)).write(tmp_path / "plain.fits")
    data = (tmp_path / "plain.fits").read_bytes()
    path = saved(tmp_path, gzip.compress(data) if name.endswith(".gz") else data, name)
    assert len(read_catalog(path)) == 5


def test_what_astropy_reads_from_ours(tmp_path: Path):
    path = tmp_path / "out.fits"
    frame = stars(3, objid=pd.array([LARGE[0], None, LARGE[2]], dtype="Int64"), name=["a", None, "c"])
    meta = {"u": ColumnMeta("phot.mag;em.opt.U", "u magnitude")}
    write_table(frame, path, {"source": "stars.csv", "query": "SELECT " + "x, " * 60}, {"u": "mag"}, column_meta=meta)
    table = Table.read(path)
    assert table["objid"].tolist() == [LARGE[0], None, LARGE[2]]
    assert table["name"].tolist() == ["a", "", "c"]
    assert str(table["u"].unit) == "mag"
    np.testing.assert_array_equal(table["u"], frame["u"])
    with fits.open(path) as file:
        file.verify("exception")
        header = file[1].header
        assert header["TUCD1"] == "phot.mag;em.opt.U"
        assert header["TCOMM1"] == "u magnitude"
        assert header["HISTORY"][0] == "source: stars.csv"
    assert path.stat().st_size % 2880 == 0


def test_keywords_and_history_of_others_are_kept_as_metadata(tmp_path: Path):
    primary = fits.PrimaryHDU()
    primary.header["TELESCOP"] = "SDSS 2.5-M"
    primary.header["HISTORY"] = "made by hand"
    primary.header["COMMENT"] = "no warranty"
    path = tmp_path / "stars.fits"
    fits.HDUList([primary, unit(fits.Column("a", "J", array=[1]))]).writeto(path)
    found = drain(load_table(path)).metadata
    assert found == {"TELESCOP": "SDSS 2.5-M", "history": "made by hand", "comment": "no warranty"}


def test_what_fits_cannot_hold_is_said(tmp_path: Path):
    path = tmp_path / "out.fits"
    with pytest.raises(OutputError, match=r"^out\.fits: the texts in column “text” are too long for FITS"):
        write_table(stars(2, text=["a", "b" * (1 << 21)]), path)
    full = pd.array([*range(-128, 128), None], dtype="Int8")
    with pytest.raises(OutputError, match=r"^out\.fits: column “full” has every value"):
        write_table(pd.DataFrame({"full": full}), path)
    assert not path.exists()


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Ten stars with text and lists in a file that may be broken."""
    lists = np.array([np.arange(k, dtype=np.int32) for k in range(10)], dtype=object)
    columns = [fits.Column(band, "D", array=np.linspace(15, 20, 10)) for band in "ugriz"]
    columns += [fits.Column("objid", "K", array=np.full(10, IDENTIFIERS[0])), fits.Column("list", "PJ()", array=lists)]
    return written(tmp_path / "stars.fits", unit(*columns))


@pytest.mark.parametrize("size", [100, 2879, 2880, 4000, 5760, 6000])
def test_a_fits_file_that_is_cut_off(sound: Path, size: int):
    sound.write_bytes(sound.read_bytes()[:size])
    refused(sound, "the FITS file is (cut off|damaged)|no table in this FITS file")


@pytest.mark.parametrize(
    ("card", "change", "message"),
    [
        (
            b"NAXIS2  =                   10",
            b"NAXIS2  =        9000000000000",
            "cut off: it has 51 rows instead of 9,000",
        ),
        (b"NAXIS2  =                   10", b"NAXIS2  =                   -1", "no proper NAXIS2"),
        (b"NAXIS2  =                   10", b"NAXIS2  =                    0", "no rows or columns"),
        (b"NAXIS2  =                   10", b"NAXIS2  =              'many' ", "no proper NAXIS2"),
        (b"NAXIS1  =                   56", b"NAXIS1  =                   55", "not as wide as its rows|wider than"),
        (b"NAXIS1  =                   56", b"NAXIS1  =                   57", "not as wide as its rows"),
        (b"TFIELDS =                    7", b"TFIELDS =               999999", "more than 2,000 columns"),
        (b"TFIELDS =                    7", b"TFIELDS =                    8", "does not describe column 8"),
        (b"TFORM1  = 'D       '", b"TFORM1  = '9999999D'", "wider than its rows"),
        (b"TFORM1  = 'D       '", b"TFORM1  = '?       '", "does not describe column 1"),
        (b"XTENSION= 'BINTABLE'", b"XTENSION= 'SOMETHNG'", "no table in this FITS file"),
    ],
)
def test_headers_that_lie(sound: Path, card: bytes, change: bytes, message: str):
    refused(patched(sound, (card, change)), message)


def test_a_picture_before_the_table_that_does_not_tell_its_size(tmp_path: Path):
    picture = fits.ImageHDU(np.zeros((3, 4), np.float32))
    path = written(tmp_path / "stars.fits", picture, unit(fits.Column("u", "E", array=[1.0])))
    patched(path, (b"BITPIX  =                  -32", b"BITPIX  =                 'x' "))
    refused(path, "its header has no proper BITPIX")


@pytest.mark.parametrize("change", [(1 << 30, 0), (9, 1 << 30), (-1, 0), (9, -4)])
def test_lists_that_lie_outside_the_file(sound: Path, change: tuple[int, int]):
    source = open_fits(sound)
    place = source.columns[-1].place
    last = bytes(source.rows[-1, place : place + 8])
    data = sound.read_bytes()
    assert data.count(last) == 1
    sound.write_bytes(data.replace(last, np.array(change, dtype=">i4").tobytes()))
    refused(sound, "column “list” cannot be read")


def test_lists_that_all_have_the_same_values_are_no_bomb(sound: Path):
    source = open_fits(sound)
    data, place = bytearray(sound.read_bytes()), source.columns[-1].place
    for row in range(10):
        begin = 5760 + row * source.rows.shape[1] + place
        data[begin : begin + 8] = np.array([45, 0], dtype=">i4").tobytes()
    sound.write_bytes(bytes(data))
    refused(sound, "column “list” cannot be read")


def test_a_table_that_takes_more_memory_than_allowed(sound: Path):
    refused(sound, "to open the table takes more than", Limits(memory=1000))
    packed = saved(sound.parent, gzip.compress(sound.read_bytes() + bytes(1 << 20)), "stars.fits.gz")
    refused(packed, "takes more than 64 KiB when it is unpacked", Limits(ratio=1, always_allowed=1 << 16))
    refused(saved(sound.parent, packed.read_bytes()[:-900], "cut.fits.gz"), "compressed file is cut off or damaged")


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 8639), noise=st.binary(min_size=1, max_size=40))
def test_any_damage_gives_a_table_or_a_sentence(tmp_path_factory, place: int, noise: bytes):
    folder = tmp_path_factory.mktemp("any")
    path = written(folder / "stars.fits", unit(*(fits.Column(band, "E", array=[1.0, 2.0]) for band in "ugriz")))
    data = bytearray(path.read_bytes())
    data[place : place + len(noise)] = noise
    path.write_bytes(bytes(data))
    try:
        frame = drain(load_table(path)).frame
    except InputError as error:
        assert str(error).startswith("stars.fits: ")
        assert "\n" not in str(error)
    else:
        assert frame.columns.is_unique
