"""A random sample of a survey: every row equally likely, the same for a seed, and read from the row groups alone."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.formats.raw_table import Limits
from stellar_gui.catalog.reading import read_catalog
from stellar_gui.catalog.simulation import simulate
from stellar_gui.catalog.survey.cone import Cone
from stellar_gui.catalog.survey.parts import open_survey
from stellar_gui.catalog.survey.sampling import Sample, chosen_rows
from stellar_gui.catalog.survey.taking import digest_of, load_part, taking_of
from stellar_gui.errors import InputError, MissingBandsError
from stellar_gui.progress import drain
from tests.catalog.hats_folder import write_hats

ROWS = 1000


@pytest.fixture(scope="module")
def stars() -> pd.DataFrame:
    return simulate(ROWS, seed=4).table


@pytest.fixture(scope="module")
def folder(stars: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five files of unlike sizes, one without a row, in row groups of 64."""
    made = tmp_path_factory.mktemp("surveys") / "survey"
    made.mkdir()
    for number, (first, last) in enumerate([(0, 1), (1, 400), (400, 400), (400, 950), (950, ROWS)]):
        stars.iloc[first:last].to_parquet(made / f"part_{number}.parquet", index=False, row_group_size=64)
    return made


@given(st.integers(1, 300), st.integers(1, 400), st.integers(0, 2**40))
def test_rows_are_chosen_in_order_and_without_repeats(rows: int, wanted: int, seed: int) -> None:
    found = chosen_rows(rows, wanted, seed)
    assert len(found) == min(rows, wanted)
    assert (np.diff(found) > 0).all() and found[0] >= 0 and found[-1] < rows
    np.testing.assert_array_equal(found, chosen_rows(rows, wanted, seed))


@pytest.mark.parametrize("wanted", [2, 5])
def test_every_set_of_rows_is_as_likely_as_any_other(wanted: int) -> None:
    draws = 7000
    sets = [tuple(chosen_rows(7, wanted, seed)) for seed in range(draws)]
    _, counts = np.unique(sets, axis=0, return_counts=True)
    assert len(counts) == 21
    expected = draws / 21
    assert ((counts - expected) ** 2 / expected).sum() < 45  # chi-square of 20 degrees of freedom: 1 in 1,000


def test_a_survey_of_more_rows_than_memory_could_count_is_sampled() -> None:
    found = chosen_rows(10**12, 1000, 0)
    assert len(found) == 1000
    assert abs(found.mean() / 10**12 - 0.5) < 0.05


def test_a_sample_has_the_rows_of_the_files_in_their_order(folder: Path, stars: pd.DataFrame) -> None:
    found = drain(load_part(folder, Sample(300, 7)))
    expected = stars.iloc[chosen_rows(ROWS, 300, 7)].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.table, expected)
    assert found.provenance.part == "random sample of 300 of 1,000 rows, seed 7"
    assert found.provenance.name == "survey"
    assert found.provenance.size == sum(file.stat().st_size for file in folder.iterdir())


def test_one_file_is_a_survey_of_one_part(stars: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "stars.parquet"
    stars.to_parquet(path, index=False, row_group_size=100)
    found = drain(load_part(path, Sample(50)))
    pd.testing.assert_frame_equal(found.table, stars.iloc[chosen_rows(ROWS, 50, 0)].reset_index(drop=True))


def test_more_than_there_are_gives_all(folder: Path, stars: pd.DataFrame) -> None:
    found = drain(load_part(folder, Sample(10**9)))
    pd.testing.assert_frame_equal(found.table, stars)
    assert found.provenance.part == "random sample of 1,000 of 1,000 rows, seed 0"


def test_row_groups_without_a_chosen_row_are_not_read(folder: Path, tmp_path: Path, stars: pd.DataFrame) -> None:
    path = tmp_path / "spoilt.parquet"
    stars.to_parquet(path, index=False, row_group_size=100, compression="snappy")
    chosen = chosen_rows(ROWS, 4, 2) // 100
    with pq.ParquetFile(path) as file:
        groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
    content = bytearray(path.read_bytes())
    for number, group in enumerate(groups):
        if number not in chosen:
            columns = [group.column(k) for k in range(group.num_columns)]
            start = min(
                offset for each in columns for offset in (each.dictionary_page_offset, each.data_page_offset) if offset
            )
            size = sum(each.total_compressed_size for each in columns)
            content[start : start + size] = bytes(size)
    path.write_bytes(content)
    assert len(drain(load_part(path, Sample(4, 2)))) == 4
    with pytest.raises(InputError, match="damaged or has changed"):
        drain(load_part(path, Sample(ROWS)))


def test_the_catalogue_is_what_opening_the_whole_table_gives(tmp_path: Path, stars: pd.DataFrame) -> None:
    path = tmp_path / "stars.parquet"
    stars.rename(columns={"ra": "ra [deg]"}).to_parquet(path, index=False)
    found, whole = drain(load_part(path, Sample(ROWS))), read_catalog(path)
    for name in ("columns", "units", "metadata", "candidates", "ambiguous", "column_meta"):
        assert getattr(found, name) == getattr(whole, name)


def test_what_does_not_fit_in_memory_is_told_before_it_is_read(folder: Path) -> None:
    limits = Limits(memory=10_000)
    with pytest.raises(InputError, match=r"more than 9 KiB of memory with its \d+ columns; take a smaller sample"):
        next(load := load_part(folder, Sample(500), limits=limits))
        drain(load)
    assert len(drain(load_part(folder, Sample(10), limits=limits))) == 10


def test_text_too_long_for_memory_is_told_while_it_is_read(tmp_path: Path, stars: pd.DataFrame) -> None:
    path = tmp_path / "long.parquet"
    stars.assign(note=[f"{number:05d}" * 2000 for number in range(ROWS)]).to_parquet(path, row_group_size=50)
    with pytest.raises(InputError, match="take a smaller sample or cone"):
        drain(load_part(path, Sample(900), limits=Limits(memory=4 << 20)))


def test_a_table_without_magnitudes_names_its_columns(tmp_path: Path) -> None:
    pd.DataFrame({"ra": [1.0], "dec": [2.0]}).to_parquet(tmp_path / "places.parquet")
    for taking in (Sample(1), Cone(1, 2, 1)):
        with pytest.raises(MissingBandsError, match=r"^places\.parquet") as told:
            drain(load_part(tmp_path / "places.parquet", taking))
        assert told.value.columns == ("ra", "dec")


def test_the_digest_tells_other_numbers_of_the_same_size_apart(
    folder: Path, stars: pd.DataFrame, tmp_path: Path
) -> None:
    other = tmp_path / "survey"
    other.mkdir()
    for file in folder.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    before = digest_of(drain(open_survey(folder)))
    assert digest_of(drain(open_survey(other))) == before
    spoilt = stars.iloc[950:].assign(u=stars["u"].iloc[950:].to_numpy() + 1)
    spoilt.to_parquet(other / "part_4.parquet", index=False, row_group_size=64)
    assert digest_of(drain(open_survey(other))) != before


def test_a_sample_without_rows_or_of_no_seed_is_refused() -> None:
    with pytest.raises(InputError, match="at least one row"):
        Sample(0)
    with pytest.raises(InputError, match="a seed is 0 or more"):
        Sample(5, -1)


@given(
    st.one_of(
        st.builds(Sample, st.integers(1, 10**10), st.integers(0, 2**63)),
        st.builds(
            Cone, st.floats(-360, 720), st.floats(-90, 90), st.floats(0, 180, exclude_min=True, allow_subnormal=False)
        ),
    )
)
def test_the_words_of_a_part_tell_how_to_take_it_again(taking: Sample | Cone) -> None:
    taken = taking.rows if isinstance(taking, Sample) else 5
    assert taking_of(taking.words(taken, 10**11)) == taking


@pytest.mark.parametrize("words", ["", "all rows", "random sample of x of 5 rows, seed 1", "cone of 0 deg"])
def test_other_words_tell_of_no_part(words: str) -> None:
    assert taking_of(words) is None


def test_a_hats_catalogue_is_sampled_in_the_order_of_its_pixels(stars: pd.DataFrame, tmp_path: Path) -> None:
    write_hats(stars, tmp_path / "sky", 1)
    found: Catalog = drain(load_part(tmp_path / "sky", Sample(200)))
    assert (np.diff(found.table["_healpix_29"]) >= 0).all()
    assert set(found.table["objid"]) <= set(stars["objid"])
