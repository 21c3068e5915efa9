"""The command line's door: which command is meant, how its errors read and with which status it ends."""

import argparse
import io
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Final, NoReturn, Protocol, cast

from stellar_gui import __version__
from stellar_gui.errors import InputError, OutputError, StellarError

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "simulate": "write the built-in simulated sample as a table",
        "fetch": "get stars from SkyServer by the lecture's query, or another",
        "info": "tell what a table or session holds and what its quality checks find",
        "train": "clean a table of stars, train the autoencoder and save a session",
        "encode": "add latent positions and reconstructed magnitudes to a table",
        "decode": "compute magnitudes from latent positions",
        "path": "decode the latent plane along a path",
        "denoise": "write a session's table with reconstructed magnitudes in place of the measured ones",
        "compress": "pack a session's table as latent positions and a network",
        "decompress": "unpack a compressed catalogue to a table",
        "select": "add a subset to a session by an expression on its columns",
        "compare": "tell what sets a subset of a session's stars apart",
        "export": "write a session's stars, or one subset of them, as a table",
        "report": "write a session as a page of HTML",
        "script": "write a session as a Python script that repeats it",
        "model": "write a session's network for other programs",
        "clusters": "find clusters among a session's stars and write them as a table",
        "anomalies": "rank a session's stars by how odd they are",
        "trust": "tell how far a session's latent plane keeps the neighbourhoods of its stars",
        "persist": "tell whether a subset stays together when the network is trained anew",
    }
)
"""The commands and what each does; command NAME is the module stellar_gui.commands.NAME."""

SUCCESS: Final = 0
FAILURE: Final = 1
WRONG_INPUT: Final = 2
INTERRUPTED: Final = 130
CLOSED_PIPE: Final = 141
SIGNALLED: Final = 128
"""Added to the number of the signal that ended the program."""


class CommandModule(Protocol):
    """What a module of stellar_gui.commands offers."""

    EXAMPLE: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments; imports nothing heavy."""

    def run(self, arguments: argparse.Namespace) -> None:
        """Do the command's work and print its result."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are the program's one-line errors."""

    def error(self, message: str) -> NoReturn:
        """Raise InputError, which ends the program with status 2."""
        raise InputError(f"{message} (see {self.prog} --help)")


class _SignalledError(BaseException):
    """Ends a command as Ctrl-C does, so that it leaves no unfinished files."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (the process's own by default) and return the exit status."""
    closed = _open_streams()
    try:
        return _dispatch(list(sys.argv[1:] if argv is None else argv), closed)
    except SystemExit as end:  # argparse, after --help and --version
        return int(end.code or SUCCESS)
    except BrokenPipeError:
        return CLOSED_PIPE
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except _SignalledError as end:
        _complain("terminated")
        return SIGNALLED + end.number
    except InputError as error:
        _complain(str(error))
        return WRONG_INPUT
    except StellarError as error:
        _complain(str(error))
        return FAILURE
    except Exception as error:  # the last resort: the user reads one line, the log keeps the traceback
        from stellar_gui.logfile import record_unexpected

        _complain(record_unexpected(error))
        return FAILURE


def _open_streams() -> bool:
    """Let standard output and error take any text; return whether standard output is closed.

    What is closed becomes the null device, lest the next file that is opened take its place.
    """
    closed = sys.stdout is None
    if sys.stdout is None or sys.stderr is None:
        while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(handle)
        sys.stdout = sys.stdout or _null()
        sys.stderr = sys.stderr or _null()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    return closed


def _null() -> io.TextIOWrapper:
    return Path(os.devnull).open("w", encoding="utf-8")


def _dispatch(arguments: list[str], closed: bool) -> int:
    if arguments and arguments[0] in COMMANDS:
        if closed:
            raise OutputError("standard output is closed, where the result goes; send it to a file or to /dev/null")
        with _ended_by_signals():
            return _run_command(arguments[0], arguments[1:])
    options = _window_parser().parse_args(arguments)
    if options.file is not None:
        _require_file(options.file)
    from stellar_gui.gui.application import run_window
    from stellar_gui.logfile import set_up_logging

    set_up_logging()
    return run_window(options.file, options.demo)


def _require_file(name: str) -> None:
    try:
        Path(name).stat()
    except FileNotFoundError as error:
        raise InputError(f"there is no file {name} to open, and no such command (see stellar-gui --help)") from error
    except OSError as error:
        raise InputError(f"{name}: it cannot be opened ({(error.strerror or str(error)).lower()})") from error
    except ValueError as error:  # a NUL character in the name
        raise InputError(f"{name!r}: no file can have this name; check it") from error


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Within the block, the first signal to end the program raises _SignalledError; a second one ends it at once."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]

    def end(number: int, frame: FrameType | None) -> NoReturn:
        for each in caught:
            signal.signal(each, signal.SIG_DFL)
        raise _SignalledError(number)

    caught = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in caught:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in caught:
            signal.signal(number, signal.SIG_DFL)


def _run_command(name: str, arguments: list[str]) -> int:
    command = cast(CommandModule, import_module(f"stellar_gui.commands.{name}"))
    parser = Parser(
        prog=f"stellar-gui {name}",
        description=(command.__doc__ or "").split("\n", 1)[0],
        epilog=command.EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_arguments(parser)
    command.run(parser.parse_args(arguments))
    return SUCCESS


def _window_parser() -> Parser:
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:<{width}}  {purpose}" for name, purpose in COMMANDS.items())
    parser = Parser(
        prog="stellar-gui",
        description="Explore the structure of star catalogues in the latent space of an autoencoder.",
        epilog=f"commands:\n{commands}\n\n"
        "`stellar-gui COMMAND --help` explains a command with an example.\n"
        "A file whose name is that of a command is opened as ./NAME.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="stellar-gui [--demo | FILE]\n       stellar-gui COMMAND ...",
        allow_abbrev=False,
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="a table of stars, a folder with a survey, or a .stellar session to open in the window",
    )
    what.add_argument("--demo", action="store_true", help="open the window on the built-in simulated sample")
    parser.add_argument("--version", action="version", version=f"stellar-gui {__version__}")
    return parser


def _complain(message: str) -> None:
    with suppress(OSError):  # nobody to tell
        sys.stderr.write(f"error: {' '.join(message.split())}\n")
