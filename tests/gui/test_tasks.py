"""Work on threads of its own: results, progress, pause, stop, cancel and errors reach the window in order."""

import threading
from collections.abc import Generator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from stellar_gui.errors import InputError
from stellar_gui.gui.tasks import Task, Tasks
from stellar_gui.progress import Progress

STOP = "stop"
PAUSE = "pause"


@pytest.fixture
def tasks(qapp: object) -> Generator[Tasks, None, None]:
    made = Tasks()
    yield made
    made.shut_down()


def endless() -> Generator[str, Any, str]:
    step = 0
    while True:
        step += 1
        if (yield f"step {step}") == STOP:
            return "the best so far"


def test_a_function_runs_elsewhere_and_its_result_arrives_here(qtbot: QtBot, tasks: Tasks) -> None:
    threads: list[threading.Thread] = []
    task = Task("count", lambda: threads.append(threading.current_thread()) or 42)
    received: list[threading.Thread] = []
    task.finished.connect(lambda _: received.append(threading.current_thread()))
    with qtbot.waitSignal(task.finished) as finished:
        tasks.start(task)
    assert finished.args == [42]
    assert received == [threading.main_thread()]
    assert threads != received
    qtbot.waitUntil(lambda: tasks.running == ())


def test_what_a_generator_yields_is_progress_and_what_it_returns_the_result(qtbot: QtBot, tasks: Tasks) -> None:
    def work() -> Generator[Any, None, str]:
        yield None
        yield Progress(1, 2, "stars")
        yield Progress(2, 2, "stars")
        return "done"

    seen: list[object] = []
    task = Task("work", work)
    task.progressed.connect(seen.append)
    with qtbot.waitSignal(task.finished) as finished:
        tasks.start(task)
    assert seen[0] == Progress(1, 2, "stars")
    assert finished.args == ["done"]


def test_stop_lets_the_work_end_with_what_it_has(qtbot: QtBot, tasks: Tasks) -> None:
    task = Task("train", endless, stop_command=STOP)
    with qtbot.waitSignal(task.progressed):
        tasks.start(task)
    with qtbot.waitSignal(task.finished) as finished:
        task.stop()
    assert finished.args == ["the best so far"]


def test_a_paused_task_waits_and_goes_on(qtbot: QtBot, tasks: Tasks) -> None:
    steps: list[int] = []

    def work() -> Generator[int, Any, None]:
        while True:
            steps.append(len(steps))
            yield steps[-1]

    task = Task("train", work, stop_command=STOP)
    with qtbot.waitSignal(task.progressed):
        tasks.start(task)
    task.pause()
    assert task.paused
    with qtbot.assertNotEmitted(task.finished, wait=50):
        pass
    held_at = len(steps)
    with qtbot.assertNotEmitted(task.finished, wait=50):
        pass
    assert len(steps) == held_at
    task.resume()
    assert not task.paused
    qtbot.waitUntil(lambda: len(steps) > held_at)


@pytest.mark.parametrize("pauses", [1, 3])
def test_a_pause_is_answered_each_time_however_soon(qtbot: QtBot, tasks: Tasks, pauses: int) -> None:
    def work() -> Generator[str, Any, int]:
        held = 0
        while True:
            answer = yield "a step"
            while answer == PAUSE:
                held += 1
                answer = yield f"held {held}"
            if answer == STOP:
                return held

    task = Task("train", work, stop_command=STOP, pause_command=PAUSE)
    told: list[object] = []
    task.progressed.connect(told.append)
    with qtbot.waitSignal(task.progressed):
        tasks.start(task)
    for k in range(1, pauses + 1):
        with qtbot.waitSignal(task.held) as held:
            task.pause()
        assert held.args == [f"held {k}"]
        with qtbot.waitSignal(task.progressed):
            task.resume()
    with qtbot.waitSignal(task.finished) as finished:
        task.stop()
    assert finished.args == [pauses]
    assert set(told) == {"a step"}


def test_a_work_that_ends_when_it_is_paused_has_its_result(qtbot: QtBot, tasks: Tasks) -> None:
    def work() -> Generator[str, Any, str]:
        while (yield "a step") != PAUSE:
            pass
        return "done"

    task = Task("train", work, stop_command=STOP, pause_command=PAUSE)
    with qtbot.waitSignal(task.progressed):
        tasks.start(task)
    with qtbot.waitSignal(task.finished) as finished:
        task.pause()
    assert finished.args == ["done"]


def test_a_task_is_stopped_while_it_is_paused(qtbot: QtBot, tasks: Tasks) -> None:
    task = Task("train", endless, stop_command=STOP)
    with qtbot.waitSignal(task.progressed):
        tasks.start(task)
    task.pause()
    with qtbot.waitSignal(task.finished):
        task.stop()


def test_a_stop_before_the_first_step_is_heard_after_it(qtbot: QtBot, tasks: Tasks) -> None:
    task = Task("train", endless, stop_command=STOP)
    task.stop()
    with qtbot.waitSignal(task.finished) as finished:
        tasks.start(task)
    assert finished.args == ["the best so far"]


def test_cancel_closes_the_work_and_nothing_more_is_heard_of_it(qtbot: QtBot, tasks: Tasks) -> None:
    closed = threading.Event()

    def work() -> Generator[str, None, None]:
        try:
            while True:
                yield "more"
        finally:
            closed.set()

    task = Task("work", work)
    heard: list[object] = []
    with qtbot.waitSignal(task.progressed):
        tasks.start(task)
    task.finished.connect(heard.append)
    task.failed.connect(heard.append)
    task.progressed.connect(heard.append)
    with qtbot.waitSignal(task.ended):
        task.cancel()
    assert closed.is_set()
    assert heard == []
    assert tasks.running == ()


def test_an_error_arrives_as_a_value(qtbot: QtBot, tasks: Tasks) -> None:
    def work() -> None:
        raise InputError("stars.csv: no magnitudes")

    task = Task("open", work)
    with qtbot.waitSignal(task.failed) as failed:
        tasks.start(task)
    assert str(failed.args[0]) == "stars.csv: no magnitudes"
    assert tasks.running == ()


@pytest.mark.parametrize("paused", [False, True])
def test_shut_down_joins_every_thread(qtbot: QtBot, tasks: Tasks, paused: bool) -> None:
    task = Task("train", endless, stop_command=STOP)
    with qtbot.waitSignal(task.progressed):
        tasks.start(task)
    if paused:
        task.pause()
    tasks.shut_down()
    assert task.join()
    assert tasks.running == ()
