"""Talks with a real TOPCAT by SAMP, both ways: `python -m tests.topcat`; needs Debian's topcat, a JDK and Xvfb."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

JAR = Path("/usr/share/java/starlink-topcat.jar")
PATIENCE = 180.0
CHECKS: list[str] = []


class Topcat:
    """TOPCAT on a screen of its own, obeying the commands of Drive.java."""

    def __init__(self, folder: Path) -> None:
        classes = f"{JAR}:{folder}"
        source = Path(__file__).with_name("Drive.java")
        subprocess.run(["javac", "-cp", classes, "-d", str(folder), str(source)], check=True)
        command = ["xvfb-run", "-a", "java", f"-Duser.home={folder}", "-cp", classes, "Drive"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, command: str) -> str:
        """What TOPCAT answers to a command."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("> "):
                return line[2:].strip()
        raise RuntimeError("TOPCAT has ended")

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(PATIENCE)


def main() -> int:
    missing = [name for name in ("xvfb-run", "javac") if shutil.which(name) is None]
    if missing or not JAR.exists():
        print("skipped: this needs the Debian packages topcat, xvfb and a JDK")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.pop("SAMP_HUB", None)
        os.environ["HOME"] = name
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
            os.environ[f"XDG_{kind}_HOME"] = name
        talk(folder)
    print("\n".join(CHECKS))
    return 0


class Desk:
    """Our window, worked by its actions."""

    def __init__(self) -> None:
        from PySide6.QtWidgets import QLabel

        from stellar_gui.catalog.simulation import simulate
        from stellar_gui.gui.application import create_application
        from stellar_gui.gui.main_window import MainWindow
        from stellar_gui.session.session import Session

        self.app = create_application(["stellar-gui"])
        self.window = MainWindow()
        self.window.show()
        self.workspace = self.window.workspace
        self.workspace.show(Session(simulate(5000, seed=3)))
        self.label = self.window.findChild(QLabel, "sampLabel").text

    def until(self, what: str, holds: Callable[[], bool]) -> None:
        """Let the window work until something holds; AssertionError where it does not in time."""
        end = time.monotonic() + PATIENCE
        while not holds():
            said = self.window.statusBar().currentMessage()
            assert time.monotonic() < end, f"{what}: not within {PATIENCE:.0f} s; {said}"
            self.app.processEvents()
        CHECKS.append(f"ok: {what}")

    def trigger(self, name: str) -> None:
        from PySide6.QtGui import QAction

        action = self.window.findChild(QAction, name)
        assert action.isEnabled(), action.toolTip()
        action.trigger()

    def members(self) -> list[int]:
        """The rows that TOPCAT has sent."""
        return [int(row) for row in self.workspace.subsets["topcat"].nonzero()[0]]


def talk_by_our_hub(desk: Desk, topcat: Topcat) -> None:
    from PySide6.QtWidgets import QPushButton

    from stellar_gui.analysis.selection import Mode

    workspace, until = desk.workspace, desk.until
    until("TOPCAT has joined our hub", lambda: desk.label() == "SAMP: topcat")
    desk.trigger("actionSampSendTable")
    until("our table is open in TOPCAT", lambda: topcat.ask("table").endswith(" 5000"))
    kept = workspace.kept.nonzero()[0]
    workspace.select(kept[10:14], Mode.REPLACE, "four stars")
    desk.trigger("actionSampSendSelection")
    rows = " ".join(map(str, kept[10:14]))
    until("our selection is a subset in TOPCAT", lambda: topcat.ask("members Stellar_GUI") == rows)
    workspace.set_active(int(kept[20]))
    until("our star is TOPCAT's activated row", lambda: topcat.ask("activated") == str(kept[20]))
    topcat.ask("select 1 2 4999")
    until("TOPCAT's subset is one here", lambda: "topcat" in workspace.subsets)
    assert desk.members() == [1, 2, 4999]
    topcat.ask(f"highlight {kept[30]}")
    until("TOPCAT's row is the star picked here", lambda: workspace.active == kept[30])

    before = workspace.catalog
    workspace.mark_saved()
    workspace.subset_list.delete(["topcat"])
    workspace.mark_saved()
    topcat.ask("broadcast")
    until("TOPCAT's table is offered", lambda: desk.window.findChild(QPushButton, "offerOpen") is not None)
    desk.window.findChild(QPushButton, "offerOpen").click()
    until("and is open here", lambda: workspace.catalog is not before and len(workspace.catalog) == 5000)
    topcat.ask("select 7 8")
    until("rows of that table are known", lambda: "topcat" in workspace.subsets)
    assert desk.members() == [7, 8]


def talk_by_its_hub(desk: Desk, topcat: Topcat) -> None:
    desk.until("TOPCAT has started a hub, as there was none", lambda: topcat.ask("connected") == "true")
    desk.trigger("actionSampConnect")
    desk.until("we have joined TOPCAT's hub", lambda: desk.label() == "SAMP: topcat")
    desk.trigger("actionSampSendTable")
    desk.until("our table goes by it", lambda: topcat.ask("table").endswith(" 5000"))
    star = int(desk.workspace.kept.nonzero()[0][40])
    topcat.ask(f"highlight {star}")
    desk.until("TOPCAT's row comes by it", lambda: desk.workspace.active == star)


def talk(folder: Path) -> None:
    """Every message both ways, by our hub and by TOPCAT's; AssertionError where one does not arrive."""
    desk = Desk()
    desk.trigger("actionSampConnect")
    desk.until("our hub runs", lambda: desk.label() == "SAMP: no other program")
    topcat = Topcat(folder)
    talk_by_our_hub(desk, topcat)
    topcat.end()
    desk.until("TOPCAT has left", lambda: desk.label() == "SAMP: no other program")
    desk.trigger("actionSampConnect")
    desk.until("our hub has ended", lambda: not (folder / ".samp").exists())

    topcat = Topcat(folder)
    talk_by_its_hub(desk, topcat)
    topcat.end()
    desk.until("the end of TOPCAT's hub is seen", lambda: desk.label() == "")
    desk.workspace.mark_saved()
    desk.window.close()


if __name__ == "__main__":
    sys.exit(main())
