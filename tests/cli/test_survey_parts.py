"""Commands on surveys: training on a part, and telling what a folder holds."""

from pathlib import Path

import pytest

from stellar_gui.catalog.simulation import simulate
from stellar_gui.progress import drain
from stellar_gui.session.storage.archive import load_session
from tests.catalog.hats_folder import write_hats
from tests.cli.conftest import Run

ROWS = 2000


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("surveys") / "sky"
    write_hats(simulate(ROWS, seed=4).table, folder, 0)
    return folder


def test_training_takes_a_sample_of_a_folder_and_says_so(run: Run, survey: Path, tmp_path: Path) -> None:
    output = tmp_path / "run.stellar"
    done = run("train", survey, "-o", output, "--sample", "600", "--sample-seed", "5", "--epochs", "1", "--json")
    words = "random sample of 600 of 2,000 rows, seed 5"
    assert done.status == 0 and f"training on a {words}\n" in done.err
    assert done.json["part"] == words
    assert drain(load_session(output)).catalog.provenance.part == words


def test_training_on_a_folder_takes_the_default_sample(run: Run, survey: Path, tmp_path: Path) -> None:
    done = run("train", survey, "-o", tmp_path / "run.stellar", "--epochs", "1")
    assert "training on a random sample of 2,000 of 2,000 rows, seed 0\n" in done.err


def test_training_on_a_cone_of_a_file(run: Run, tmp_path: Path) -> None:
    simulate(ROWS, seed=4).table.to_parquet(tmp_path / "stars.parquet")
    output = tmp_path / "run.stellar"
    done = run("train", tmp_path / "stars.parquet", "-o", output, "--cone=180,20.5,70", "--epochs", "1", "--json")
    assert done.json["part"].startswith("cone of 70 deg around RA 180, Dec 20.5: ")
    assert 0 < done.json["stars"] < ROWS


def test_info_tells_all_rows_and_the_quality_of_a_part(run: Run, survey: Path) -> None:
    told = run("info", survey, "--sample", "500", "--json").json
    assert (told["rows"], told["files"]) == (ROWS, len(list((survey / "dataset").rglob("*.parquet"))))
    assert told["part"] == "random sample of 500 of 2,000 rows, seed 0"
    assert sum(told["quality"].values()) == 500
    assert told["columns"]["u"] == "u" and set(told["bands"]) == set("ugriz")
    lines = run("info", survey, "--sample", "500").out.splitlines()
    assert lines[0].startswith(f"{survey}: 2,000 rows in {told['files']} files, ")
    assert lines[1] == "what follows is of a random sample of 500 of 2,000 rows, seed 0"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--sample", "0"], "a sample has at least one row, not 0"),
        (["--cone=1,2"], "argument --cone: '1,2' is not three numbers RA,DEC,RADIUS in degrees"),
        (["--cone=1,99,2"], "there is no place RA 1, Dec 99 on the sky"),
        (["--cone=1,9,nan"], "a cone has a radius above 0"),
        (["--cone=1,9,1", "--sample", "4"], "not allowed with argument"),
    ],
)
def test_parts_that_are_none_are_told(run: Run, survey: Path, options: list[str], sentence: str) -> None:
    done = run("info", survey, *options)
    assert done.status == 2 and sentence in done.sentence


def test_a_part_of_a_table_of_another_kind_is_refused(run: Run, stars: Path, tmp_path: Path) -> None:
    done = run("info", stars, "--sample", "10")
    assert done.status == 2 and "is taken of Parquet files alone" in done.sentence
    done = run("info", tmp_path / "none.parquet", "--sample", "10")
    assert done.status == 2 and "none.parquet: there is no such file" in done.sentence


def test_training_that_goes_on_takes_no_other_part(run: Run, session: Path, tmp_path: Path) -> None:
    done = run("train", "--resume", session, "-o", tmp_path / "run.stellar", "--sample", "10")
    assert done.status == 2 and "leave out --sample" in done.sentence
