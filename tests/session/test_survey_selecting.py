"""Choosing stars of an encoded survey: a recipe over the parts chooses what it chooses of all stars as one table."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stellar_gui.analysis.plane_index.reading import PlaneIndex, open_plane_index
from stellar_gui.analysis.planes import ColorMagnitude, LatentPlane
from stellar_gui.analysis.recipes import (
    EVERYTHING,
    ROWS,
    Combined,
    Drawn,
    Gestures,
    Label,
    Operation,
    Recipe,
    Typed,
    applied,
)
from stellar_gui.analysis.regions import Circle, Polygon, Rectangle, Region, x_range
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.subsets import Subset
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.simulation import simulate
from stellar_gui.catalog.survey.parts import Survey, open_survey
from stellar_gui.cli import main
from stellar_gui.errors import InputError, OutputError
from stellar_gui.progress import Progress, drain
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_model, save_session
from stellar_gui.session.survey.encoding import encode_folder
from stellar_gui.session.survey.selecting import count_on_plane, export_chosen, load_chosen, rule_of, where
from tests.analysis.strategies import regions

PARTS, STARS = 4, 1500
LASSO = Polygon.through([(-0.5, -0.5), (0.8, -0.6), (1.0, 0.7), (-0.2, 0.4)])


@pytest.fixture(scope="module")
def run(trained: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with rules for subsets: typed, drawn, and one of another."""
    assert trained.model is not None
    columns = trained.columns
    typed, drawn = Typed("latent_1 > 0 & u - g < 1.2"), Drawn(LatentPlane(), LASSO, trained.model.id)
    both = Combined(Operation.DIFFERENCE, (("typed", typed), ("drawn", drawn)))
    named = {"typed": typed, "drawn": drawn, "both": both, "rows": ROWS}
    everything = np.ones(len(trained.catalog), bool)
    subsets = trained.subsets
    for name, recipe in named.items():
        mask = everything if recipe is ROWS else applied(recipe, columns)
        subsets = subsets.with_one(Subset(name, mask, recipe=recipe))
    path = tmp_path_factory.mktemp("sessions") / "run.stellar"
    session = Session(trained.catalog, trained.cuts, trained.model, trained.embedding, subsets, created=trained.created)
    drain(save_session(session, path))
    return path


@pytest.fixture(scope="module")
def folder(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoded survey, some rows of which take no part."""
    made = tmp_path_factory.mktemp("surveys")
    table = simulate(PARTS * STARS, seed=4).table.assign(objid=np.arange(PARTS * STARS) + 10**18)
    table.loc[::40, "u"] = -9999.0
    (made / "sky").mkdir()
    for number in range(PARTS):
        part = table.iloc[STARS * number : STARS * (number + 1)]
        part.to_parquet(made / "sky" / f"{number}.parquet", index=False)
    drain(encode_folder(drain(load_model(run)), made / "sky", made / "encoded"))
    return made / "encoded"


@pytest.fixture(scope="module")
def survey(folder: Path) -> Survey:
    return drain(open_survey(folder))


@pytest.fixture(scope="module")
def index(folder: Path) -> PlaneIndex:
    return drain(open_plane_index(folder))


@pytest.fixture(scope="module")
def stars(folder: Path) -> pd.DataFrame:
    """The whole survey as one table."""
    return pd.concat([pd.read_parquet(folder / f"{number}.parquet") for number in range(PARTS)], ignore_index=True)


def inside(stars: pd.DataFrame, region: Region) -> np.ndarray:
    return region.contains(stars["latent_1"].to_numpy(np.float32), stars["latent_2"].to_numpy(np.float32))


def recipes(model: str) -> dict[str, Recipe]:
    def drawn(region: Region) -> Recipe:
        return Drawn(LatentPlane(), region, model)

    gestures = Gestures(
        drawn(LASSO), ((Mode.ADD, drawn(Circle(-1, 1, 0.5, 0.5))), (Mode.REMOVE, drawn(x_range(0, 0.3))))
    )
    hot = Typed("latent_1 > 0 & u - g < 1.2")
    return {
        "lasso": drawn(LASSO),
        "gestures": gestures,
        "typed": hot,
        "named": Typed("~blue | r > 20", (("blue", Typed("g - r < 0.4")),)),
        "combined": Combined(Operation.SYMMETRIC_DIFFERENCE, (("a", gestures), ("b", hot))),
        "complement": Combined(Operation.COMPLEMENT, (("a", hot),)),
        "mixed": Gestures(hot, ((Mode.INTERSECT, drawn(LASSO)),)),
        "colour": Drawn(ColorMagnitude(), Rectangle(0.2, 0.8, 15, 20)),
        "all": EVERYTHING,
    }


def chosen_of(stars: pd.DataFrame, name: str) -> np.ndarray:
    """What each of the recipes above chooses, by plain columns of the whole table."""
    u, g, r = (stars[band].to_numpy() for band in "ugr")
    kept = stars["quality"].isna().to_numpy()
    lasso = inside(stars, LASSO)
    gestures = (lasso | inside(stars, Circle(-1, 1, 0.5, 0.5))) & ~inside(stars, x_range(0, 0.3))
    hot = (stars["latent_1"].to_numpy() > 0) & (u - g < 1.2)
    return (
        kept
        & {
            "lasso": lasso,
            "gestures": gestures,
            "typed": hot,
            "named": ~(g - r < 0.4) | (r > 20),
            "combined": gestures ^ hot,
            "complement": ~hot,
            "mixed": hot & lasso,
            "colour": (g - r >= 0.2) & (g - r <= 0.8) & (r >= 15) & (r <= 20),
            "all": kept,
        }[name]
    )


@pytest.mark.parametrize(
    ("name", "ending"), [*((name, ".parquet") for name in recipes("")), ("lasso", ".csv"), ("lasso", ".fits")]
)
def test_a_recipe_over_the_parts_chooses_as_over_the_whole(
    survey: Survey, index: PlaneIndex, stars: pd.DataFrame, name: str, ending: str, tmp_path: Path
) -> None:
    recipe, expected = recipes(index.model)[name], stars[chosen_of(stars, name)]
    found = drain(export_chosen(survey, recipe, tmp_path / f"out{ending}", index))
    assert (found.rows, found.chosen) == (len(stars), len(expected))
    assert 0 < len(expected) < len(stars)
    table = drain(load_table(tmp_path / f"out{ending}")).frame
    assert table["objid"].tolist() == expected["objid"].tolist()
    np.testing.assert_allclose(table["latent_2"], expected["latent_2"], rtol=1e-6)
    catalog = drain(load_chosen(survey, recipe, len(stars), 0, index))
    assert catalog.table["objid"].tolist() == expected["objid"].tolist()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(Mode), regions()), min_size=1, max_size=3))
def test_any_regions_are_counted_and_chosen_alike(
    survey: Survey, index: PlaneIndex, stars: pd.DataFrame, steps: list[tuple[Mode, Region]]
) -> None:
    recipe = Gestures(None, tuple((mode, Drawn(LatentPlane(), region, index.model)) for mode, region in steps))
    mask = np.zeros(len(stars), bool)
    for mode, region in steps:
        hit = inside(stars, region)
        mask = {Mode.REPLACE: hit, Mode.ADD: mask | hit, Mode.REMOVE: mask & ~hit, Mode.INTERSECT: mask & hit}[mode]
    assert drain(count_on_plane(index, recipe, len(stars))) == (mask.sum(), mask.sum())
    if mask.any():
        catalog = drain(load_chosen(survey, recipe, len(stars), 0, index))
        assert catalog.table["objid"].tolist() == stars.loc[mask, "objid"].tolist()
    else:
        with pytest.raises(InputError, match="no star is chosen; draw another region"):
            drain(load_chosen(survey, recipe, len(stars), 0, index))


def test_an_export_tells_where_its_stars_come_from(
    survey: Survey, index: PlaneIndex, stars: pd.DataFrame, tmp_path: Path
) -> None:
    recipe = recipes(index.model)["lasso"]
    drain(export_chosen(survey, recipe, tmp_path / "out.parquet", index))
    schema = pq.read_schema(tmp_path / "out.parquet")
    told = {key.decode(): value.decode() for key, value in schema.metadata.items()}
    assert told["stellar_gui.model"] == index.model
    assert told["stellar_gui.rows_recipe"].startswith("outline of 4 corners")
    assert schema.names == list(stars.columns)


def test_many_stars_are_opened_as_a_seeded_sample(survey: Survey, index: PlaneIndex, stars: pd.DataFrame) -> None:
    recipe = recipes(index.model)["typed"]
    expected = set(stars.loc[chosen_of(stars, "typed"), "objid"])
    first, again, other = (drain(load_chosen(survey, recipe, 100, seed, index)) for seed in (1, 1, 2))
    assert len(first) == 100 and set(first.table["objid"]) < expected
    pd.testing.assert_frame_equal(first.table, again.table)
    assert set(first.table["objid"]) != set(other.table["objid"])
    part = f"random sample of 100 of {len(expected):,} of {len(stars):,} rows chosen on the map, seed 1"
    assert first.provenance.part == part


def test_only_parts_near_the_regions_are_read(run: Path, tmp_path: Path) -> None:
    table = simulate(1200, seed=4).table.assign(objid=np.arange(1200))
    (tmp_path / "all").mkdir()
    table.to_parquet(tmp_path / "all" / "a.parquet", index=False)
    stored = drain(load_model(run))
    drain(encode_folder(stored, tmp_path / "all", tmp_path / "one"))
    whole = pd.read_parquet(tmp_path / "one" / "a.parquet")
    quarter = ((whole["latent_1"] > 0) & (whole["latent_2"] > 0)).to_numpy()
    (tmp_path / "two").mkdir()
    table[quarter].to_parquet(tmp_path / "two" / "quarter.parquet", index=False)
    table[~quarter].to_parquet(tmp_path / "two" / "rest.parquet", index=False)
    drain(encode_folder(stored, tmp_path / "two", tmp_path / "out"))
    survey, index = drain(open_survey(tmp_path / "out")), drain(open_plane_index(tmp_path / "out"))
    region = Rectangle(0.1, 7, 0.1, 7)
    told: list[Progress] = list(
        export_chosen(survey, Drawn(LatentPlane(), region, index.model), tmp_path / "out.parquet", index)
    )
    assert told[-1].total == quarter.sum()
    assert len(pd.read_parquet(tmp_path / "out.parquet")) == inside(whole, region).sum()


def test_work_that_is_closed_leaves_nothing(survey: Survey, index: PlaneIndex, tmp_path: Path) -> None:
    for ending in (".parquet", ".csv"):
        work = export_chosen(survey, EVERYTHING, tmp_path / f"out{ending}", index)
        while next(work).done < STARS:
            pass
        work.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (Drawn(LatentPlane(), LASSO, "another"), "plane of another model"),
        (ROWS, "list of stars"),
        (Label("cluster", 3), "no column “cluster”"),
        (Drawn(LatentPlane(), Circle(7, 7, 0.1, 0.1), None), "no star is chosen"),
        (Typed("r > 90"), "no star is chosen; nothing was written"),
    ],
)
def test_a_recipe_that_cannot_be_is_told_and_nothing_is_written(
    survey: Survey, index: PlaneIndex, recipe: Recipe, words: str, tmp_path: Path
) -> None:
    if isinstance(recipe, Drawn) and recipe.model is None:
        recipe = Drawn(recipe.plane, recipe.region, index.model)
    with pytest.raises(InputError, match=words):
        drain(export_chosen(survey, recipe, tmp_path / "out.parquet", index))
    assert list(tmp_path.iterdir()) == []


def test_targets_and_surveys_that_cannot_be_are_told(
    survey: Survey, folder: Path, index: PlaneIndex, tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match=r"out\.xyz"):
        drain(export_chosen(survey, EVERYTHING, tmp_path / "out.xyz", index))
    plain = drain(open_survey(folder.parent / "sky"))
    with pytest.raises(InputError, match="this survey is not encoded; use `stellar-gui encode"):
        drain(export_chosen(plain, EVERYTHING, tmp_path / "out.parquet"))
    with pytest.raises(InputError, match="only regions on the latent plane"):
        drain(count_on_plane(index, Typed("r > 1"), 1000))


def test_the_command_line_exports_by_expression_and_by_rule(
    run: Path, folder: Path, stars: pd.DataFrame, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.parquet"
    assert main(["export", str(folder), str(target), "--where", "latent_1 > 0 & u - g < 1.2"]) == 0
    count = chosen_of(stars, "typed").sum()
    assert capfd.readouterr().out == f"{count:,} of {len(stars):,} rows in {target}\n"
    assert pd.read_parquet(target)["objid"].tolist() == stars.loc[chosen_of(stars, "typed"), "objid"].tolist()
    assert main(["export", str(folder), str(target), "--subset", "both", "--of", str(run)]) == 0
    both = chosen_of(stars, "typed") & ~chosen_of(stars, "lasso")
    assert pd.read_parquet(target)["objid"].tolist() == stars.loc[both, "objid"].tolist()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--where", "latent_9 > 0"], "latent_9"),
        (["--where", "u >"], "at"),
        (["--subset", "none such", "--of", "RUN"], "there is no subset “none such”; its subsets: "),
        (["--subset", "rows", "--of", "RUN"], "has no rule"),
        (["--subset", "typed"], "Say which stars of the survey"),
        ([], "Say which stars of the survey"),
        (["--where", "u > 1", "--flags"], "--flags is for a session"),
    ],
)
def test_the_command_line_says_in_one_sentence_what_is_wrong(
    run: Path, folder: Path, tmp_path: Path, arguments: list[str], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    given = [str(run) if word == "RUN" else word for word in arguments]
    assert main(["export", str(folder), str(tmp_path / "out.csv"), *given]) != 0
    error = capfd.readouterr().err.splitlines()[-1]
    assert error.startswith("error: ") and words in error
    assert list(tmp_path.iterdir()) == []


def test_rules_and_expressions_are_recipes(run: Path, survey: Survey) -> None:
    assert where(survey, "latent_1 >  0") == Typed("latent_1 > 0")
    assert rule_of(run, "typed") == Typed("latent_1 > 0 & u - g < 1.2")
