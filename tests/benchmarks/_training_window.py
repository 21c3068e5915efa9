"""Training with the window open and its live views on: throughput against headless, and stalls of the event loop."""

import os
import tempfile
import time
from statistics import median
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QPushButton, QSpinBox

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.training_progress import TrainingProgress
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session
from tests.benchmarks._rows import row

TICK = 5
"""Milliseconds between two ticks of the timer by which stalls are told."""

Told = list[tuple[float, int]]
"""When which step was reported."""


def window_rows(count: int, epochs: int, repetitions: int) -> list[dict[str, Any]]:
    """Trainings of a few epochs in a window and without one in turn; the stalls are those of all in the window."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        os.environ[name] = tempfile.mkdtemp()
    from stellar_gui.gui.application import create_application
    from stellar_gui.gui.main_window import MainWindow

    application = create_application(["benchmark"])
    window, catalog = MainWindow(), simulate(count, seed=0)
    window.resize(1680, 1000)
    window.show()
    window.workspace.show(Session(catalog))
    epochs_field = window.findChild(QSpinBox, "epochsSpin")
    assert isinstance(epochs_field, QSpinBox)
    epochs_field.setValue(epochs)
    shown, alone, stalls = list[float](), list[float](), list[float]()
    for _ in range(repetitions):
        speed, stalled = _in_window(window)
        shown.append(speed)
        stalls.extend(stalled)
        alone.append(_speed(_headless(catalog, TrainingConfig(epochs=epochs))))
    window.workspace.mark_saved()
    window.close()
    application.processEvents()
    mine, theirs, late = median(shown), median(alone), float(np.percentile(stalls, 99))
    return [
        row(
            f"training throughput on {count:,} stars with the window open and live views on, against headless",
            mine, theirs, "stars/s", mine / theirs, ">=", 0.85, shown,
        ),
        row(
            f"stalls of the window's event loop while training {count:,} stars: 99th percentile of {len(stalls):,} "
            f"(peer: the longest)",
            late, max(stalls), "ms", late, "<=", 50.0, stalls,
        ),
    ]  # fmt: skip


def _in_window(window: Any) -> tuple[float, list[float]]:
    """Stars per second of a training that is started by its button; by how many ms each tick meanwhile came late."""
    workspace, told, stalls = window.workspace, Told(), list[float]()
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        if told:
            stalls.append(max(0.0, 1e3 * (now - last) - TICK))
        last = now

    timer, loop = QTimer(), QEventLoop()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    follow = workspace.progressed.connect(lambda report: told.append((time.perf_counter(), report.step)))
    ended = workspace.tasks.changed.connect(lambda: loop.quit() if not workspace.tasks.running else None)
    while workspace.tasks.running:
        loop.exec()
    timer.start(TICK)
    window.findChild(QPushButton, "trainButton").click()
    while workspace.tasks.running:
        loop.exec()
    timer.stop()
    workspace.progressed.disconnect(follow)
    workspace.tasks.changed.disconnect(ended)
    return _speed(told), stalls


def _headless(catalog: Catalog, config: TrainingConfig) -> Told:
    return [
        (time.perf_counter(), item.step)
        for item in fit(catalog, QualityCuts(), config)
        if isinstance(item, TrainingProgress)
    ]


def _speed(told: Told) -> float:
    """Stars per second from the first report to the last but one; the last comes after the model was evaluated."""
    (begin, first), (end, last) = told[0], told[-2]
    return (last - first) * TrainingConfig().batch_size / (end - begin)
