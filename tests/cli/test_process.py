"""The program as a process of its own: what it imports, how it ends, and how it talks to pipes and terminals."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stellar_gui.catalog.simulation import simulate

COMMAND = (sys.executable, "-m", "stellar_gui")


def imported(*arguments: str | Path) -> set[str]:
    """The top-level modules that a run has imported."""
    code = (
        "import sys\n"
        "from stellar_gui.cli import main\n"
        f"status = main({[str(argument) for argument in arguments]!r})\n"
        "sys.stderr.write(' '.join({name.split('.')[0] for name in sys.modules}))\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    return set(done.stderr.split())


@pytest.mark.parametrize("file", ["stars", "session", "broken"])
def test_info_imports_neither_torch_nor_qt(stars: Path, session: Path, tmp_path: Path, file: str) -> None:
    (tmp_path / "broken.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    path = {"stars": stars, "session": session, "broken": tmp_path / "broken.csv"}[file]
    modules = imported("info", path)
    assert "stellar_gui" in modules
    assert not modules & {"torch", "PySide6", "pyqtgraph", "astropy", "sklearn", "scipy", "shapely"}


def test_help_imports_nothing_heavy() -> None:
    for arguments in (("--help",), ("train", "--help"), ("--version",)):
        assert not imported(*arguments) & {"torch", "PySide6", "pandas", "numpy", "pyarrow"}


def test_both_doors_are_the_same_program(stars: Path) -> None:
    script = Path(sys.executable).with_name("stellar-gui")
    if not script.exists():
        pytest.skip("the program is not installed")
    runs = [
        subprocess.run([*door, "info", str(stars), "--json"], capture_output=True, timeout=60)
        for door in (COMMAND, (str(script),))
    ]
    assert runs[0].stdout == runs[1].stdout
    assert json.loads(runs[0].stdout)["rows"] == 1200
    assert [run.returncode for run in runs] == [0, 0]


def test_ctrl_c_ends_training_with_130_and_no_output(stars: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.stellar"
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "train", str(stars), "-o", str(path), "--epochs", "100000"],
        stderr=follower,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    ) as process:
        os.close(follower)
        seen = b""
        while b"epoch" not in seen:
            seen += os.read(leader, 4096)
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.read() == b""
        rest = b""
        while b"interrupted" not in rest:
            rest += os.read(leader, 4096)
    os.close(leader)
    assert process.returncode == 130
    assert b"Traceback" not in rest
    assert list(tmp_path.iterdir()) == []


def test_a_bar_is_drawn_on_a_terminal(stars: Path, tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "train", str(stars), "-o", str(tmp_path / "run.stellar"), "--time-budget", "1"],
        stderr=follower,
        stdout=subprocess.DEVNULL,
    )
    os.close(follower)
    seen = b""
    while True:
        try:
            chunk = os.read(leader, 4096)
        except OSError:  # Linux: the other end is closed
            break
        if not chunk:
            break
        seen += chunk
    os.close(leader)
    assert process.wait(timeout=60) == 0
    assert b"\rtraining: [#" in seen and b"left" in seen
    assert seen.rstrip(b" ").endswith(b"\r")


def test_standard_error_that_is_no_terminal_gets_whole_lines_now_and_then(stars: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "train", str(stars), "-o", str(tmp_path / "run.stellar"), "--time-budget", "1", "--json"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert "\r" not in done.stderr and done.stderr.count("\n") <= 1
    json.loads(done.stdout)


def test_a_closed_pipe_is_no_error(stars: Path) -> None:
    process = subprocess.Popen([*COMMAND, "info", str(stars)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 141


def test_info_answers_about_as_fast_as_pandas_starts(stars: Path) -> None:
    def seconds(*command: str) -> float:
        times = []
        for _ in range(3):
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, timeout=60)
            times.append(time.perf_counter() - started)
        return min(times)

    assert seconds(*COMMAND, "info", str(stars)) < 2.0 * seconds(sys.executable, "-c", "import pandas")


def test_a_full_standard_output_is_a_failure(stars: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "info", str(stars)], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr == "error: the result could not be written to standard output (No space left on device)\n"


def shell(command: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """A shell's command line in a folder; $GUI is the program."""
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        capture_output=True,
        timeout=60,
        env={**os.environ, "GUI": " ".join(COMMAND), **environment},
    )


def test_a_closed_standard_error_is_no_error(stars: Path, tmp_path: Path) -> None:
    done = shell(f"$GUI train {stars} -o run.stellar --epochs 1 2>&-", tmp_path)
    assert done.returncode == 0 and done.stdout.startswith(b"1,")
    assert shell("$GUI info nothing.csv 2>&-", tmp_path).returncode == 2
    assert shell("$GUI info run.stellar --json 2>/dev/full", tmp_path).returncode == 0


def test_a_closed_standard_output_is_told_before_the_work(stars: Path, tmp_path: Path) -> None:
    done = shell(f"$GUI train {stars} -o run.stellar --epochs 1 >&-", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(b"error: standard output is closed") and done.stderr.count(b"\n") == 1
    assert list(tmp_path.iterdir()) == []
    assert shell(f"$GUI info {stars} >&- 2>&- <&-", tmp_path).returncode == 1


def test_names_that_the_terminal_cannot_show_are_escaped(stars: Path, tmp_path: Path) -> None:
    (tmp_path / "é★.csv").write_bytes(stars.read_bytes())
    (tmp_path / os.fsdecode(b"a\xff.csv")).write_bytes(stars.read_bytes())
    done = shell("$GUI info é*.csv && $GUI info a*.csv", tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and done.stderr == b""
    assert done.stdout.startswith(rb"\xe9\u2605.csv: 1,200 rows") and rb"a\udcff.csv: 1,200 rows" in done.stdout


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_to_end_leaves_no_unfinished_files(
    tmp_path: Path, session: Path, number: signal.Signals, status: int
) -> None:
    temporary, work = tmp_path / "temporary", tmp_path / "work"
    temporary.mkdir()
    work.mkdir()
    table = tmp_path / "many.csv"
    simulate(60_000, seed=1).table.to_csv(table, index=False)
    out = work / "out.csv.gz"
    with subprocess.Popen(
        [*COMMAND, "encode", str(session), str(table), "-o", str(out)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary)},
    ) as process:
        while not list(work.iterdir()) and process.poll() is None:
            os.sched_yield()
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert process.returncode == status
    assert told == b"error: terminated\n"
    assert not list(work.iterdir()) and not list(temporary.iterdir())


def test_an_unexpected_error_is_one_line_with_the_log_files_place(stars: Path, tmp_path: Path) -> None:
    (tmp_path / "pandas.py").write_text(
        "raise ZeroDivisionError('odd\\nthing')", encoding="utf-8"
    )  # a broken installation
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([*COMMAND, "info", str(stars)], capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("error: something unexpected went wrong (ZeroDivisionError: odd thing)")
    assert done.stderr.count("\n") == 1
    (log,) = (tmp_path / "state").rglob("stellar-gui.log")
    assert str(log) in done.stderr
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_is_no_second_error(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    code = "from stellar_gui.logfile import record_unexpected\nprint(record_unexpected(ValueError('x')))\n"
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0 and done.stderr == ""
    assert "no log could be written" in done.stdout
