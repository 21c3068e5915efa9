"""HATS catalogues encoded by lsdb on Dask workers: the outcome of one process, with margin, and nothing left behind."""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pyarrow.parquet as pq
import pytest

from stellar_gui.analysis.plane_index.reading import open_plane_index
from stellar_gui.catalog.simulation import simulate
from stellar_gui.catalog.survey.hats import find_hats, read_properties
from stellar_gui.catalog.survey.parts import Survey, open_survey
from stellar_gui.errors import InputError, OutputError, ServerError
from stellar_gui.progress import drain
from stellar_gui.session.encoding import Encoded
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import StoredModel, load_model, save_session
from stellar_gui.session.survey.dask_encoding import encode_hats
from stellar_gui.session.survey.encoding import encode_folder

pytestmark = [
    pytest.mark.timeout(300),  # each worker imports torch and lsdb, which a busy machine takes a minute for
    pytest.mark.skipif(find_spec("lsdb") is None, reason="the extra `survey` is not installed"),
    # lsdb 0.11 and nested-pandas 0.7 use what pandas 3.1 deprecates
    pytest.mark.filterwarnings("ignore:The inplace keyword in NestedFrame:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'mode.chained_assignment' option:DeprecationWarning"),
]

STARS = 2000
MARGIN = 7200


@dataclass(frozen=True)
class Done:
    """What an encoding returned, and where."""

    counts: Encoded
    folder: Path


@pytest.fixture(scope="module")
def stored(trained: Session, tmp_path_factory: pytest.TempPathFactory) -> StoredModel:
    path = tmp_path_factory.mktemp("sessions") / "run.stellar"
    drain(save_session(trained, path))
    return drain(load_model(path))


@pytest.fixture(scope="module")
def stars() -> pd.DataFrame:
    """Stars of a field, of which some lack a band; one star comes twice, with the same position and identifier."""
    table = simulate(STARS, seed=6).table.copy()
    random = np.random.default_rng(1)
    table["ra"], table["dec"] = random.uniform(150, 170, STARS), random.uniform(0, 15, STARS)
    table["objid"] = np.arange(STARS) + 10**18
    table["latent_1"] = random.random(STARS)
    table["label"] = [f"no. {k}" if k % 3 else None for k in range(STARS)]
    table["kind"] = np.where(np.arange(STARS) == 1234, "STAR", "GALAXY")
    table.loc[100:119, "g"] = np.nan
    table.iloc[-1] = table.iloc[0]
    return table


@pytest.fixture(scope="module")
def source(stars: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stars as a HATS collection, the catalogue of several partitions and its margin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("numba.config.DISABLE_JIT", 1)  # hats compiles for ten seconds what a few stars do not need
        import lsdb

    folder = tmp_path_factory.mktemp("catalogues") / "field"
    made = lsdb.from_dataframe(
        stars,
        catalog_name="field",
        ra_column="ra",
        dec_column="dec",
        partition_rows=500,
        margin_threshold=MARGIN,
        obs_title="A field of stars",
    )
    made.write_catalog(folder, progress_bar=False)
    return folder


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster that runs already: two workers in threads of this process."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        host="127.0.0.1",
        protocol="tcp://",
        dashboard_address=None,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        silence_logs=logging.CRITICAL,
    ) as running:
        yield running


@pytest.fixture(scope="module")
def done(stored: StoredModel, source: Path, cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The collection encoded on that cluster."""
    target = tmp_path_factory.mktemp("encoded") / "field encoded"
    return Done(drain(encode_hats(stored, f"hats://{source}", target, cluster=cluster.scheduler_address)), target)


def parts(folder: Path) -> tuple[Survey, list[pd.DataFrame]]:
    survey: Survey = drain(open_survey(folder))
    return survey, [pq.read_table(part.path).to_pandas() for part in survey.parts]


def margin_of(folder: Path) -> Path:
    found = find_hats(folder)
    assert found is not None and len(found.margins) == 1
    return found.margins[0]


def margin_rows(folder: Path) -> pd.DataFrame:
    files = sorted(margin_of(folder).rglob("Npix=*.parquet"))
    return pd.concat([pq.read_table(file).to_pandas() for file in files], ignore_index=True)


def test_each_partition_has_the_rows_of_one_process(
    stored: StoredModel, source: Path, done: Done, tmp_path: Path
) -> None:
    counts = drain(encode_folder(stored, source, tmp_path / "one"))
    (ours, found), (other, expected) = parts(done.folder), parts(tmp_path / "one")
    assert [part.pixel for part in ours.parts] == [part.pixel for part in other.parts]
    assert len(ours.parts) > 3
    for frame, whole in zip(found, expected, strict=True):
        pd.testing.assert_frame_equal(frame[list(whole.columns)], whole, rtol=1e-4, atol=1e-5)
    assert (done.counts.rows, done.counts.encoded) == (counts.rows, counts.encoded)
    reasons = pd.concat(found)["quality"]
    assert (STARS, reasons.isna().sum()) == (counts.rows, counts.encoded)
    assert (reasons == "duplicate identifier").sum() == 1


def test_a_row_is_led_back_to_the_source(source: Path, done: Done) -> None:
    (_, found), (_, origin) = parts(done.folder), parts(source)
    for frame in found:
        partition, row = np.divmod(frame["source_row"].to_numpy(np.int64), 2**32)
        assert len(set(partition)) == 1
        taken = origin[partition[0]].iloc[row]
        assert taken["objid"].tolist() == frame["objid"].tolist()
        assert taken["latent_1"].tolist() == frame["latent_1_source"].tolist()


def test_the_margin_has_what_the_catalogue_says_of_its_stars(source: Path, done: Done) -> None:
    _, found = parts(done.folder)
    catalogue = pd.concat(found).drop_duplicates("objid", keep=False).set_index("objid")
    margin = margin_rows(done.folder)
    assert len(margin) == len(margin_rows(source)) > 100
    margin = margin[margin["objid"].isin(catalogue.index)].reset_index(drop=True)
    assert margin["source_row"].isna().all()
    assert margin["latent_1"].notna().any()
    expected = catalogue.loc[margin["objid"]].reset_index().drop(columns=["source_row"])
    pd.testing.assert_frame_equal(margin[list(expected.columns)], expected, rtol=1e-4, atol=1e-5, check_dtype=False)


def test_what_comes_of_it_is_a_collection_that_tells_its_origin(stored: StoredModel, source: Path, done: Done) -> None:
    import lsdb

    opened = lsdb.open_catalog(done.folder)
    assert len(opened) == STARS
    assert {"latent_1", "quality", "source_row"} <= set(opened.columns)
    assert opened.margin is not None and opened.margin.hc_structure.catalog_info.margin_threshold == MARGIN
    assert opened.margin.hc_structure.catalog_info.primary_catalog == opened.name == "field_encoded"
    found = find_hats(done.folder)
    assert found is not None
    assert found.properties["stellar_gui_model"] == stored.model.id
    assert found.properties["stellar_gui_source"] == str(source)
    assert read_properties(margin_of(done.folder) / "hats.properties")["stellar_gui_model"] == stored.model.id


def test_the_map_of_all_stars_is_made_in_the_same_pass(done: Done) -> None:
    index = drain(open_plane_index(done.folder))
    assert (index.rows, len(index.parts)) == (STARS, len(parts(done.folder)[0].parts))
    stars = drain(index.stars_in((-1e9, 1e9, -1e9, 1e9)))
    assert len(stars.x) == done.counts.encoded


def test_two_processes_of_this_computer_do_the_same_listen_on_loopback_alone_and_end(
    stored: StoredModel, source: Path, done: Done, tmp_path: Path
) -> None:
    here = psutil.Process()
    before, heard = set(here.children(recursive=True)), set()
    work = encode_hats(stored, str(source), tmp_path / "out", workers=2)
    for step in work:
        if step.total and not heard:
            workers = set(here.children(recursive=True)) - before
            heard = {place for process in workers for place in listening(process)}
    assert len(heard) >= 2
    assert {place.ip for place in heard} == {"127.0.0.1"}
    assert not [process for process in workers if process.is_running() and "spawn_main" in str(process.cmdline())]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    for frame, other in zip(parts(tmp_path / "out")[1], parts(done.folder)[1], strict=True):
        pd.testing.assert_frame_equal(frame, other)


def listening(process: psutil.Process) -> list[Any]:
    return [c.laddr for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]


def test_on_a_running_cluster_classes_are_looked_for_in_every_partition_and_nothing_stays(
    stored: StoredModel, source: Path, tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stellar_gui.session.survey.dask_source._FIRST_ROWS", 10)
    strict = replace(stored, manifest=replace(stored.manifest, cuts=replace(stored.manifest.cuts, classes=("STAR",))))
    address = cluster.scheduler_address
    plain = source / "field"
    drain(encode_hats(strict, str(plain), tmp_path / "out", {"class": "kind"}, cluster=address))
    _, found = parts(tmp_path / "out")
    stars = pd.concat(found)
    assert stars.loc[stars["kind"] == "GALAXY", "quality"].notna().all()
    assert stars.loc[stars["kind"] == "STAR", "quality"].isna().tolist() == [True]
    hats = find_hats(tmp_path / "out")
    assert hats is not None and hats.folder == tmp_path / "out" and not hats.margins
    assert not [name for worker in cluster.workers.values() for name in worker.plugins if "stellar" in name]


def test_closed_half_way_it_leaves_nothing(stored: StoredModel, source: Path, tmp_path: Path, cluster: Any) -> None:
    work = encode_hats(stored, str(source), tmp_path / "out", cluster=cluster.scheduler_address)
    while not (next(work)).total:
        pass
    work.close()
    assert list(tmp_path.iterdir()) == []
    assert not [name for worker in cluster.workers.values() for name in worker.plugins if "stellar" in name]


def test_a_damaged_partition_ends_it_with_one_sentence(
    stored: StoredModel, source: Path, tmp_path: Path, cluster: Any
) -> None:
    spoilt = shutil.copytree(source, tmp_path / "spoilt")
    part = drain(open_survey(spoilt)).parts[-1].path
    part.write_bytes(part.read_bytes()[:2000])
    with pytest.raises(OutputError, match=r"^spoilt: it could not be encoded \([^\n]+\); nothing was written\.$"):
        drain(encode_hats(stored, str(spoilt), tmp_path / "out", cluster=cluster.scheduler_address))
    assert [path.name for path in tmp_path.iterdir()] == ["spoilt"]


def test_columns_that_do_not_fit_are_told_before_anything_starts(
    stored: StoredModel, source: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="label"):
        drain(encode_hats(stored, str(source), tmp_path / "out", {"u": "label"}, cluster="tcp://127.0.0.1:9"))


def test_a_target_that_is_there_is_left_alone(stored: StoredModel, source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="out: there is something of this name already"):
        drain(encode_hats(stored, str(source), tmp_path / "out"))
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "mine.txt"]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nowhere", "no HATS catalogue in this folder"),
        ("hats://nowhere", "no HATS catalogue in this folder"),
        ("hats://memory://nowhere", "the HATS catalogue cannot be opened"),
        ("hats://nonsense://nowhere", "the HATS catalogue cannot be opened"),
    ],
)
def test_where_there_is_no_catalogue_one_sentence_says_so(
    stored: StoredModel, tmp_path: Path, address: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=rf"^nowhere: {sentence}[^\n]*$"):
        drain(encode_hats(stored, address, tmp_path / "out"))


def test_a_cluster_that_does_not_answer_or_has_no_workers_is_told(
    stored: StoredModel, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr("stellar_gui.session.survey.dask_cluster._CONNECTING", 1)
    with pytest.raises(ServerError, match=r"No Dask cluster answers at tcp://127\.0\.0\.1:9;"):
        drain(encode_hats(stored, str(source), tmp_path / "out", cluster="tcp://127.0.0.1:9"))
    with (
        LocalCluster(
            n_workers=0,
            processes=False,
            host="127.0.0.1",
            protocol="tcp://",
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        ) as empty,
        pytest.raises(ServerError, match="has no workers"),
    ):
        drain(encode_hats(stored, str(source), tmp_path / "out", cluster=empty.scheduler_address))
    assert list(tmp_path.iterdir()) == []
