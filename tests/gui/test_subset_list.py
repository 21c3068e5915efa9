"""The list of subsets in the shared state: names that are taken, and what alone is shown."""

from collections.abc import Iterator

import numpy as np
import pytest

from stellar_gui.analysis.recipes import ROWS, Label, Typed
from stellar_gui.analysis.subsets import Subset
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.workspace import Workspace
from stellar_gui.session.session import Session

STARS = 30
PLACE = np.arange(STARS)


@pytest.fixture
def workspace(qapp: object) -> Iterator[Workspace]:
    made = Workspace()
    made.show(Session(simulate(STARS, seed=5)))
    yield made
    made.tasks.shut_down()


def clusters(count: int = 3) -> list[Subset]:
    return [Subset(f"cluster {k}", PLACE % count == k, recipe=Label("cluster", k)) for k in range(count)]


def test_clusters_take_no_subset_s_place_but_their_own(workspace: Workspace) -> None:
    subsets = workspace.subset_list
    subsets.put("cluster 1", PLACE < 7, ROWS, "by eye")
    subsets.put_all(clusters(), "3 subsets of clusters")
    names = ["cluster 1", "cluster 0", "cluster 1 (2)", "cluster 2"]
    assert list(subsets.value) == names
    np.testing.assert_array_equal(subsets.value["cluster 1"], PLACE < 7)
    assert subsets.value.of_name("cluster 1").notes == "by eye"
    subsets.set_notes("cluster 0", "the giants")
    subsets.put_all(clusters(4)[:3], "3 subsets of clusters")
    assert list(subsets.value) == names
    np.testing.assert_array_equal(subsets.value["cluster 1 (2)"], PLACE % 4 == 1)
    assert subsets.value.of_name("cluster 0").notes == "the giants"
    workspace.undo_stack.undo()
    np.testing.assert_array_equal(subsets.value["cluster 0"], PLACE % 3 == 0)


def test_clusters_of_one_name_are_all_kept(workspace: Workspace) -> None:
    workspace.subset_list.put_all([Subset("same", each.mask, recipe=each.recipe) for each in clusters()], "clusters")
    assert list(workspace.subsets) == ["same", "same (2)", "same (3)"]


def test_what_alone_is_shown_stays_so_until_one_of_it_is_deleted(workspace: Workspace) -> None:
    subsets, display = workspace.subset_list, workspace.display
    for k, name in enumerate(("blue", "bright", "far")):
        subsets.put(name, workspace.kept & (k == PLACE % 5), Typed("r < 20"))
    display.show_only(("blue", "bright"), workspace.subsets.union(("blue", "bright")))
    both = workspace.kept & (PLACE % 5 < 2)
    np.testing.assert_array_equal(workspace.shown, both)
    subsets.recolor("far", "#123456")
    subsets.rename("blue", "hot")
    assert display.only == ("hot", "bright")
    np.testing.assert_array_equal(workspace.shown, both)
    workspace.undo_stack.undo()
    assert display.only == ("blue", "bright")
    workspace.undo_stack.redo()
    subsets.put("hot", workspace.subsets["far"], ROWS)
    np.testing.assert_array_equal(workspace.shown, workspace.subsets["far"] | workspace.subsets["bright"])
    subsets.delete(["far"])
    assert display.only == ("hot", "bright")
    subsets.delete(["bright"])
    assert display.only == ()
    np.testing.assert_array_equal(workspace.shown, workspace.kept)
