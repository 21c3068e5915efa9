"""The house plan, one test per sentence."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import stellar_gui

ROOT = Path(stellar_gui.__file__).parent
FLOORS = {
    "catalog": {"catalog"},
    "autoencoder": {"autoencoder"},
    "analysis": {"analysis", "catalog", "autoencoder"},
    "session": {"session", "analysis", "catalog", "autoencoder"},
}


def _imports(path: Path, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else ast.walk(tree)
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_imports_only_from_floors_below_it(floor: str) -> None:
    allowed = FLOORS[floor] | {"errors", "progress", "numbers", "logfile"}
    for path in (ROOT / floor).rglob("*.py"):
        for name in _imports(path):
            if name.startswith("stellar_gui."):
                assert name.split(".")[1] in allowed, f"{path.name} imports {name}"


def test_torch_is_imported_only_in_the_autoencoder() -> None:
    for path in ROOT.rglob("*.py"):
        if path.relative_to(ROOT).parts[0] != "autoencoder":
            assert not any(name.split(".")[0] == "torch" for name in _imports(path)), path


def test_views_know_neither_the_workspace_nor_panels() -> None:
    for path in (ROOT / "gui" / "views").rglob("*.py"):
        for name in _imports(path):
            assert "workspace" not in name and "panels" not in name, f"{path.name} imports {name}"


def test_only_tasks_knows_of_threads() -> None:
    for path in (ROOT / "gui").rglob("*.py"):
        if path.name != "tasks.py":
            assert "QThread" not in path.read_text(encoding="utf-8"), path


def test_every_module_below_the_window_works_without_qt() -> None:
    modules = [
        ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
    ]
    code = (
        "import sys\n"
        "for name in ('PySide6', 'pyqtgraph', 'shiboken6', 'qtpy'): sys.modules[name] = None\n"
        f"for name in {modules!r}: __import__(name)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=100)


def test_the_window_appears_without_torch() -> None:
    code = (
        "import sys\n"
        "from stellar_gui.gui.application import create_application\n"
        "application = create_application(['stellar-gui'])\n"
        "from stellar_gui.gui.main_window import MainWindow\n"
        "window = MainWindow()\n"
        "window.show()\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=100)
