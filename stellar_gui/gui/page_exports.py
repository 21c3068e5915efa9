"""Writing a session as a page of HTML or as a Python script."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

from stellar_gui.gui.exporter import Exporter
from stellar_gui.gui.workspace import Workspace


class PageExports:
    """What the File menu does with a whole session beside saving it."""

    def __init__(self, workspace: Workspace, exporter: Exporter) -> None:
        self._workspace = workspace
        self._exporter = exporter

    def ask_report(self) -> None:
        """Ask where the report is to go."""
        stem = self._exporter.stem("report")
        self._exporter.ask("report", "Write a report", ["Web page (*.html)"], stem, self.export_report)

    def export_report(self, path: str | Path) -> None:
        """Write the session as one page of HTML."""
        session, target = self._workspace.session(), Path(path)
        if session is None:
            return

        def work() -> Generator[Any, None, object]:
            from stellar_gui.session.report.page import write_report

            return write_report(session, target)

        self._exporter.write("Writing the report", work, target)

    def ask_script(self) -> None:
        """Ask where the script is to go."""
        stem = self._exporter.stem("session")
        self._exporter.ask("script", "Write a Python script", ["Python script (*.py)"], stem, self.export_script)

    def export_script(self, path: str | Path) -> None:
        """Write the session as a Python script that repeats it."""
        session, target = self._workspace.session(), Path(path)
        if session is None:
            return

        def work() -> Generator[Any, None, object]:
            from stellar_gui.session.script.document import write_script

            return write_script(session, target)

        self._exporter.write("Writing the script", work, target)
