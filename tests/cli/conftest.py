"""The command line as tests use it: run in this process, with what it writes."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stellar_gui.catalog.simulation import simulate
from stellar_gui.cli import main


@dataclass(frozen=True)
class Outcome:
    """Exit status and what was written."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value

    @property
    def sentence(self) -> str:
        """The one error line, without its beginning."""
        match = re.fullmatch(r"error: ([^\n]+)\n", self.err)
        assert match, self.err
        return match[1]


Run = Callable[..., Outcome]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """stellar-gui with these arguments, in this process."""

    def call(*arguments: str | Path) -> Outcome:
        capfd.readouterr()
        status = main([str(argument) for argument in arguments])
        return Outcome(status, *capfd.readouterr())

    return call


@pytest.fixture(scope="session")
def stars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,200 simulated stars as a CSV file."""
    path = tmp_path_factory.mktemp("tables") / "stars.csv"
    simulate(1200, seed=4).table.to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def session(stars: Path) -> Path:
    """A session on these stars, trained for two epochs."""
    path = stars.with_name("run.stellar")
    assert main(["train", str(stars), "-o", str(path), "--epochs", "2", "--seed", "1"]) == 0
    return path
