"""Subsets in the real window, by mouse and keyboard."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.coloring import DENSITY, ColorChoice, Group
from stellar_gui.analysis.recipe_text import described
from stellar_gui.analysis.recipes import Combined, Drawn, Gestures, Imported, Operation, Typed, applied
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.subsets import COLORS
from stellar_gui.analysis.trust import Shading
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.subset_import import ImportDialog
from stellar_gui.gui.panels.subset_panel import SubsetPanel
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.figure import save_figure
from stellar_gui.gui.views.hue_palette import on_theme
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.widgets.subset_tree import SubsetTree
from stellar_gui.progress import drain
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_session
from tests.gui.map_helpers import drag

LEFT, NONE, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


@pytest.fixture
def tree(trained: MainWindow) -> SubsetTree:
    """The list of the trained window, in front, with a red and a blue subset."""
    trained.findChild(SubsetPanel).raise_()
    columns = trained.workspace.columns
    for name, text in (("blue", "g - r < 0.5"), ("bright", "r < 18")):
        recipe = Typed(text)
        trained.workspace.subset_list.put(name, applied(recipe, columns), recipe)
    return trained.findChild(SubsetTree, "subsetList")


def idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace.tasks.running == ())


def action(window: MainWindow, name: str) -> QAction:
    return window.findChild(QAction, name)


def place_of(tree: SubsetTree, name: str, column: int = 0) -> QPoint:
    row = tree.model().names.index(name)
    return tree.visualRect(tree.model().index(row, column)).center()


def click(qtbot: QtBot, tree: SubsetTree, name: str, modifier: Qt.KeyboardModifier = NONE) -> None:
    qtbot.mouseClick(tree.viewport(), LEFT, modifier, place_of(tree, name, 1))


def press_keys(window: MainWindow, keys: str) -> None:
    QTest.keySequence(window.focusWidget() or window, QKeySequence(keys))


def test_a_rectangle_becomes_a_named_subset_with_its_recipe(trained: MainWindow, qtbot: QtBot) -> None:
    workspace, star_map = trained.workspace, trained.findChild(StarMap, "latentView")
    action(trained, "actionToolRectangle").trigger()
    x, y = np.median(workspace.embedding.latent[workspace.kept], axis=0)
    drag(qtbot, star_map, [(x - 0.4, y - 0.4), (x, y), (x + 0.3, y + 0.3)])
    drag(qtbot, star_map, [(x - 0.1, y - 0.1), (x, y), (x + 0.1, y + 0.1)], CTRL)
    selected = workspace.selection.copy()
    assert selected.any()
    press_keys(trained, "Ctrl+G")
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit) and editor.text() == "subset"
    QTest.keyClicks(editor, "ring")
    QTest.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: list(workspace.subsets) == ["ring"])
    np.testing.assert_array_equal(workspace.subsets["ring"], selected)
    recipe = workspace.subsets.of_name("ring").recipe
    assert isinstance(recipe, Gestures) and [mode for mode, _ in recipe.then] == [Mode.REMOVE]
    assert isinstance(recipe.first, Drawn) and recipe.first.model == workspace.model.id
    np.testing.assert_array_equal(applied(recipe, workspace.columns), selected)
    workspace.undo_stack.undo()
    assert list(workspace.subsets) == ["subset"]
    workspace.undo_stack.undo()
    assert not len(workspace.subsets)


def test_a_region_that_is_edited_changes_the_recipe_of_the_selection(trained: MainWindow, qtbot: QtBot) -> None:
    workspace, star_map = trained.workspace, trained.findChild(StarMap, "latentView")
    action(trained, "actionToolRectangle").trigger()
    x, y = np.median(workspace.embedding.latent[workspace.kept], axis=0)
    drag(qtbot, star_map, [(x - 0.4, y - 0.4), (x, y), (x + 0.3, y + 0.3)])
    before = workspace.selection_recipe
    region = star_map.region
    drag(qtbot, star_map, [(region.x1, region.y1), (x + 0.5, y + 0.5), (x + 0.6, y + 0.6)])
    assert workspace.selection_recipe != before
    np.testing.assert_array_equal(applied(workspace.selection_recipe, workspace.columns), workspace.selection)
    workspace.undo_stack.undo()
    assert workspace.selection_recipe == before


def test_rename_delete_and_undo_by_keyboard(trained: MainWindow, qtbot: QtBot, tree: SubsetTree) -> None:
    workspace = trained.workspace
    click(qtbot, tree, "blue")
    qtbot.keyClick(tree, Key.Key_F2)
    editor = QApplication.focusWidget()
    QTest.keyClicks(editor, "hot  stars")
    QTest.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: list(workspace.subsets) == ["hot stars", "bright"])
    assert tree.chosen() == ["hot stars"]
    qtbot.keyClick(tree, Key.Key_Delete)
    assert list(workspace.subsets) == ["bright"]
    assert workspace.undo_stack.undoText() == "delete subset hot stars"
    press_keys(trained, "Ctrl+Z")
    press_keys(trained, "Ctrl+Z")
    assert list(workspace.subsets) == ["blue", "bright"]


def test_a_name_that_is_taken_gets_the_members_and_keeps_its_place(trained: MainWindow, tree: SubsetTree) -> None:
    workspace = trained.workspace
    blue, bright = workspace.subsets.all
    tree.renamed.emit("bright", "blue")
    (only,) = workspace.subsets.all
    assert only.color == blue.color and only.recipe == bright.recipe
    workspace.undo_stack.undo()
    tree.renamed.emit("bright", "g")
    assert list(workspace.subsets) == ["blue", "g (2)"]


def test_a_check_box_hides_the_colour_but_not_the_stars(trained: MainWindow, qtbot: QtBot, tree: SubsetTree) -> None:
    workspace, star_map = trained.workspace, trained.findChild(StarMap, "latentView")
    star_map.set_contours_visible(False)
    drawn = star_map.grab_image()
    steps, shown = workspace.undo_stack.count(), workspace.shown.copy()
    click(qtbot, tree, "bright")
    qtbot.keyClick(tree, Key.Key_Space)
    assert [each.visible for each in workspace.subsets.all] == [True, False]
    without = star_map.grab_image()
    assert without != drawn
    qtbot.keyClick(tree, Key.Key_Space)
    assert star_map.grab_image() == drawn
    assert workspace.undo_stack.count() == steps
    np.testing.assert_array_equal(workspace.shown, shown)


def told(star_map: StarMap, path: Path) -> str:
    """What the map writes, from a figure of it."""
    save_figure(star_map, path, star_map.figure_style(), 1.0)
    return path.read_text(encoding="utf-8")


def test_a_legend_lists_what_is_drawn_on_the_density(
    trained: MainWindow, qtbot: QtBot, tree: SubsetTree, tmp_path: Path
) -> None:
    workspace, star_map = trained.workspace, trained.findChild(StarMap, "latentView")
    written = told(star_map, tmp_path / "both.svg")
    for name in ("blue", "bright"):
        assert f">{name}<" in written
        assert f">{np.count_nonzero(workspace.subsets[name] & workspace.kept):,}<" in written
    assert written.index(">blue<") < written.index(">bright<")
    star_map.viewport().repaint()
    box = star_map._legend_area.box
    qtbot.mouseClick(star_map.viewport(), LEFT, pos=box.center().toPoint())
    assert workspace.active is None or workspace.active < 0
    assert all(each.visible for each in workspace.subsets.all)
    workspace.subset_list.set_visible(["blue"], False)
    written = told(star_map, tmp_path / "one.svg")
    assert ">blue<" not in written and ">bright<" in written
    workspace.subset_list.set_visible(["bright"], False)
    assert ">subsets<" not in told(star_map, tmp_path / "none.svg")


@pytest.mark.parametrize("coloured", [ColorChoice(Group.LABEL, "kind"), ColorChoice(Group.COLOR, "g\N{MINUS SIGN}r")])
def test_other_colours_are_not_painted_over(
    trained: MainWindow, qtbot: QtBot, tree: SubsetTree, tmp_path: Path, coloured: ColorChoice
) -> None:
    workspace, star_map = trained.workspace, trained.findChild(StarMap, "latentView")
    star_map.set_contours_visible(False)
    workspace.display.set_color(coloured)
    idle(trained, qtbot)
    assert ">subsets<" not in told(star_map, tmp_path / "coloured.svg")
    star_map.viewport().repaint()
    ticked = star_map.grab_image()
    workspace.subset_list.set_visible(["blue", "bright"], False)
    star_map.viewport().repaint()
    assert star_map.grab_image() == ticked
    workspace.subset_list.set_visible(["blue", "bright"], True)
    workspace.display.set_color(DENSITY)
    assert ">subsets<" in told(star_map, tmp_path / "density.svg")


def test_the_shading_of_trust_is_not_painted_over(
    trained: MainWindow, qtbot: QtBot, tree: SubsetTree, tmp_path: Path
) -> None:
    workspace, star_map = trained.workspace, trained.findChild(StarMap, "latentView")
    star_map.set_contours_visible(False)
    workspace.trust.set_shading(Shading.ERROR)
    idle(trained, qtbot)
    assert ">subsets<" not in told(star_map, tmp_path / "shaded.svg")
    star_map.viewport().repaint()
    ticked = star_map.grab_image()
    workspace.subset_list.set_visible(["blue", "bright"], False)
    star_map.viewport().repaint()
    assert star_map.grab_image() == ticked
    workspace.trust.set_shading(Shading.NONE)
    assert star_map.grab_image() != ticked


def test_a_swatch_keeps_its_colour_in_a_chosen_row(trained: MainWindow, qtbot: QtBot, tree: SubsetTree) -> None:
    def seen() -> set[str]:
        picture = tree.viewport().grab(tree.visualRect(tree.model().index(0, 0))).toImage()
        return {picture.pixelColor(x, picture.height() // 2).name() for x in range(60)}

    wanted = on_theme(trained.workspace.subsets.of_name("blue").color, theme.colors)
    tree.choose(["bright"])
    assert wanted in seen()
    tree.choose(["blue"])
    assert wanted in seen()


def test_show_only_hides_the_other_stars_until_all_are_asked_for(
    trained: MainWindow, qtbot: QtBot, tree: SubsetTree
) -> None:
    workspace = trained.workspace
    click(qtbot, tree, "blue")
    action(trained, "actionSubsetShowOnly").trigger()
    idle(trained, qtbot)
    np.testing.assert_array_equal(workspace.shown, workspace.subsets["blue"])
    action(trained, "actionSelectAll").trigger()
    np.testing.assert_array_equal(workspace.selection, workspace.subsets["blue"])
    action(trained, "actionToolXRange").trigger()
    x = float(np.median(workspace.embedding.latent[workspace.shown, 0]))
    drag(qtbot, trained.findChild(StarMap, "latentView"), [(x - 0.3, 0), (x, 0), (x + 0.4, 0)])
    assert workspace.selection.any()
    np.testing.assert_array_equal(applied(workspace.selection_recipe, workspace.columns), workspace.selection)
    qtbot.mouseClick(trained.findChild(QPushButton, "showAllButton"), LEFT)
    idle(trained, qtbot)
    np.testing.assert_array_equal(workspace.shown, workspace.kept)
    action(trained, "actionSubsetShowOnly").trigger()
    qtbot.keyClick(tree, Key.Key_Delete)
    np.testing.assert_array_equal(workspace.shown, workspace.kept)


def test_stars_are_selected_added_removed_and_intersected(trained: MainWindow, qtbot: QtBot, tree: SubsetTree) -> None:
    workspace = trained.workspace
    blue, bright = (workspace.subsets[name] for name in ("blue", "bright"))
    qtbot.mouseClick(tree.viewport(), LEFT, NONE, place_of(tree, "blue", 1))
    qtbot.mouseDClick(tree.viewport(), LEFT, NONE, place_of(tree, "blue", 1))
    np.testing.assert_array_equal(workspace.selection, blue)
    click(qtbot, tree, "bright")
    for name, expected in (
        ("actionSubsetAdd", blue | bright),
        ("actionSubsetRemove", blue & ~bright),
        ("actionSubsetIntersect", np.zeros_like(blue)),
    ):
        action(trained, name).trigger()
        np.testing.assert_array_equal(workspace.selection, expected)
    qtbot.keyClick(tree, Key.Key_Return)
    np.testing.assert_array_equal(workspace.selection, bright)
    assert workspace.undo_stack.undoText().startswith("subset bright, ")


def test_a_subset_that_gets_the_selection_s_stars_keeps_its_notes(
    trained: MainWindow, qtbot: QtBot, tree: SubsetTree
) -> None:
    workspace = trained.workspace
    workspace.subset_list.set_notes("blue", "seen in two fields")
    workspace.select_stars(workspace.subsets["bright"], Mode.REPLACE, "bright", Typed("r < 18"))
    click(qtbot, tree, "blue")
    action(trained, "actionSubsetMembers").trigger()
    blue = workspace.subsets.of_name("blue")
    assert np.array_equal(blue.mask, workspace.selection)
    assert blue.notes == "seen in two fields"


def test_two_chosen_subsets_are_combined(trained: MainWindow, qtbot: QtBot, tree: SubsetTree) -> None:
    workspace = trained.workspace
    blue, bright = (workspace.subsets[name] for name in ("blue", "bright"))
    expected = {
        Operation.UNION: blue | bright,
        Operation.INTERSECTION: blue & bright,
        Operation.DIFFERENCE: blue & ~bright,
        Operation.SYMMETRIC_DIFFERENCE: blue ^ bright,
        Operation.COMPLEMENT: workspace.kept & ~(blue | bright),
    }
    for operation, stars in expected.items():
        click(qtbot, tree, "blue")
        assert not action(trained, "actionSubsetUnion").isEnabled()
        click(qtbot, tree, "bright", CTRL)
        action(trained, f"actionSubset{operation.name.title().replace('_', '')}").trigger()
        made = workspace.subsets.all[-1]
        assert made.name == operation.value.lower() and made.color == COLORS[2]
        np.testing.assert_array_equal(made.mask, stars)
        assert isinstance(made.recipe, Combined)
        np.testing.assert_array_equal(applied(made.recipe, workspace.columns), stars)
        assert tree.state() is QAbstractItemView.State.EditingState
        workspace.undo_stack.undo()


def test_the_order_is_changed_by_dragging_and_by_keys(trained: MainWindow, qtbot: QtBot, tree: SubsetTree) -> None:
    workspace = trained.workspace
    model = tree.model()
    data: QMimeData = model.mimeData([model.index(1, 0)])
    model.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, model.index(-1, -1))
    assert list(workspace.subsets) == ["bright", "blue"]
    click(qtbot, tree, "bright")
    action(trained, "actionSubsetDown").trigger()
    assert list(workspace.subsets) == ["blue", "bright"] and tree.chosen() == ["bright"]
    assert workspace.undo_stack.undoText() == "order of subsets"
    workspace.undo_stack.undo()
    assert list(workspace.subsets) == ["bright", "blue"]


def test_an_expression_is_completed_counted_selected_and_kept(
    trained: MainWindow, qtbot: QtBot, tree: SubsetTree
) -> None:
    workspace = trained.workspace
    edit, answer = trained.findChild(QLineEdit, "subsetExpression"), trained.findChild(QLabel, "expressionAnswer")
    edit.setFocus()
    QTest.keyClicks(edit, "lat")
    (popup,) = [each for each in QApplication.topLevelWidgets() if each.objectName() == "expressionCompletions"]
    assert popup.isVisible()
    QTest.keyClick(popup, Key.Key_Down)
    QTest.keyClick(popup, Key.Key_Return)
    assert edit.text().startswith("latent_")
    edit.clear()
    QTest.keyClicks(edit, "bright & uu - g < 1")
    qtbot.waitUntil(lambda: answer.text() == "Unknown column “uu” at 10; did you mean u?")
    assert not trained.findChild(QToolButton, "expressionSubset").isEnabled()
    edit.setText("bright & u - g < 1.2")
    magnitudes = workspace.catalog.numbers("u") - workspace.catalog.numbers("g")
    expected = workspace.subsets["bright"] & (magnitudes < 1.2)
    qtbot.waitUntil(lambda: answer.text().startswith(f"{expected.sum()} stars"))
    QTest.keyClick(edit, Key.Key_Return)
    idle(trained, qtbot)
    np.testing.assert_array_equal(workspace.selection, expected)
    qtbot.mouseClick(trained.findChild(QToolButton, "expressionSubset"), LEFT)
    idle(trained, qtbot)
    made = workspace.subsets.all[-1]
    np.testing.assert_array_equal(made.mask, expected)
    assert made.recipe == Typed("bright & u - g < 1.2", (("bright", Typed("r < 18")),))


def test_conditions_and_identifiers_are_copied(trained: MainWindow, qtbot: QtBot, tree: SubsetTree) -> None:
    workspace, clipboard = trained.workspace, QGuiApplication.clipboard()
    click(qtbot, tree, "bright")
    action(trained, "actionSubsetCopySql").trigger()
    qtbot.waitUntil(lambda: clipboard.text() == "r < 18")
    action(trained, "actionSubsetCopyIdentifiers").trigger()
    ids = workspace.catalog.table["objid"][workspace.subsets["bright"]]
    qtbot.waitUntil(lambda: clipboard.text().split() == [str(value) for value in ids])
    recipe = Typed("latent_1 > 0")
    workspace.subset_list.put("right", applied(recipe, workspace.columns), recipe)
    click(qtbot, tree, "right")
    action(trained, "actionSubsetCopyPandas").trigger()
    qtbot.waitUntil(lambda: clipboard.text() == "latent_1 > 0")
    action(trained, "actionSubsetCopySql").trigger()
    qtbot.waitUntil(lambda: trained.findChild(QMessageBox, "errorDialog") is not None)
    box = trained.findChild(QMessageBox, "errorDialog")
    assert "which the autoencoder made; copy the identifiers" in box.text()
    box.close()


def test_properties_tell_the_recipe_and_keep_notes(trained: MainWindow, qtbot: QtBot, tree: SubsetTree) -> None:
    click(qtbot, tree, "blue")
    action(trained, "actionSubsetProperties").trigger()
    dialog = trained.findChild(QDialog, "subsetProperties")
    assert dialog.findChild(QPlainTextEdit, "subsetRecipe").toPlainText() == "expression: g - r < 0.5"
    assert dialog.findChild(QLabel, "earlierModel") is None
    QTest.keyClicks(dialog.findChild(QPlainTextEdit, "subsetNotes"), "mostly turn-off stars")
    QTest.keyClick(dialog, Key.Key_Escape)
    assert trained.workspace.subsets.of_name("blue").notes == "mostly turn-off stars"
    assert trained.workspace.undo_stack.undoText() == "notes on subset blue"


def test_identifiers_are_imported_by_paste_and_by_file(
    trained: MainWindow, qtbot: QtBot, tree: SubsetTree, tmp_path: Path
) -> None:
    workspace = trained.workspace
    ids = [str(value) for value in workspace.catalog.table["objid"][[3, 5, 8]]]
    action(trained, "actionImportSubset").trigger()
    dialog = trained.findChild(QDialog, "importSubsetDialog")
    dialog.findChild(QPlainTextEdit, "identifierText").setPlainText("nonsense")
    make = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Make subset")
    qtbot.mouseClick(make, LEFT)
    qtbot.waitUntil(lambda: "None of the 1 words" in dialog.findChild(QLabel, "importAnswer").text())
    dialog.findChild(QPlainTextEdit, "identifierText").setPlainText("objid," + ids[0] + "\n" + ids[1])
    qtbot.mouseClick(make, LEFT)
    qtbot.waitUntil(lambda: "imported" in workspace.subsets)
    assert np.flatnonzero(workspace.subsets["imported"]).tolist() == [3, 5]
    assert workspace.subsets.of_name("imported").recipe == Imported("a pasted list", "objid", 3)
    (tmp_path / "my list.txt").write_text("\n".join(ids), encoding="utf-8")
    dialog = ImportDialog(workspace, trained)
    dialog.take_file(tmp_path / "my list.txt")
    qtbot.waitUntil(lambda: "my list" in workspace.subsets)
    assert workspace.subsets["my list"].sum() == 3


def test_another_session_s_recipes_are_applied_to_this_catalogue(
    trained: MainWindow, qtbot: QtBot, tree: SubsetTree, tmp_path: Path
) -> None:
    workspace = trained.workspace
    workspace.subset_list.put("few", np.arange(1500) < 3, workspace.selection_recipe)
    trained.save_session(tmp_path / "run.stellar")
    idle(trained, qtbot)
    workspace.show(Session(simulate(700, seed=12)))
    dialog = ImportDialog(workspace, trained)
    dialog.take_file(tmp_path / "run.stellar")
    qtbot.waitUntil(lambda: len(workspace.subsets) == 2)
    expected = applied(Typed("g - r < 0.5"), workspace.columns)
    np.testing.assert_array_equal(workspace.subsets["blue"], expected)
    assert dialog.findChild(QLabel, "importAnswer").text().startswith("few: this subset is a list of stars")
    dialog.close()


def test_a_subset_is_exported_with_a_column_for_each(
    trained: MainWindow, qtbot: QtBot, tree: SubsetTree, tmp_path: Path
) -> None:
    files = trained._files
    files.export_selection(tmp_path / "a.csv", "bright")
    idle(trained, qtbot)
    table = drain(load_table(tmp_path / "a.csv")).frame
    assert len(table) == trained.workspace.subsets["bright"].sum() and table["bright"].all()
    action(trained, "actionExportFlags").trigger()
    files.export_selection(tmp_path / "b.csv", "bright")
    idle(trained, qtbot)
    assert "bright" not in drain(load_table(tmp_path / "b.csv")).frame.columns


def test_subsets_are_saved_and_come_back(trained: MainWindow, qtbot: QtBot, tree: SubsetTree, tmp_path: Path) -> None:
    workspace = trained.workspace
    workspace.subset_list.recolor("blue", "#123456")
    workspace.subset_list.set_visible(["bright"], False)
    assert workspace.unsaved
    trained.save_session(tmp_path / "run.stellar")
    idle(trained, qtbot)
    found = drain(load_session(tmp_path / "run.stellar")).subsets
    assert [(each.name, each.color, each.visible) for each in found.all] == [
        ("blue", "#123456", True),
        ("bright", COLORS[1], False),
    ]


def test_cuts_that_change_change_counts_but_no_members(trained: MainWindow, qtbot: QtBot, tree: SubsetTree) -> None:
    workspace = trained.workspace
    members = workspace.subsets["blue"]
    before = tree.model().index(0, 1).data()
    workspace.set_cuts(replace(workspace.cuts, magnitude_range=(0.0, 19.0)), "fewer")
    idle(trained, qtbot)
    assert workspace.subsets["blue"] is members
    assert tree.model().index(0, 1).data() != before


def test_a_region_drawn_among_the_shown_labels_says_so(trained: MainWindow, qtbot: QtBot) -> None:
    workspace = trained.workspace
    workspace.display.set_color(ColorChoice(Group.LABEL, "kind"))
    workspace.display.hide_labels(frozenset({"main sequence"}))
    idle(trained, qtbot)
    action(trained, "actionToolXRange").trigger()
    x = float(np.median(workspace.embedding.latent[workspace.shown, 0]))
    drag(qtbot, trained.findChild(StarMap, "latentView"), [(x - 0.3, 0), (x, 0), (x + 0.4, 0)])
    told = described(workspace.selection_recipe)
    assert "range with latent 1 from" in told and "shown: a list of stars: kind without main sequence" in told
    action(trained, "actionSelectAll").trigger()
    assert described(workspace.selection_recipe) == "a list of stars: among the stars that were shown"
