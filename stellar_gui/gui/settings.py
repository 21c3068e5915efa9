"""What the program remembers between two starts: recent files, last folder, theme, colour maps, the window's layout."""

import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QByteArray, QSettings

from stellar_gui.catalog.sky_server.server import DEFAULT_ADDRESS, DEFAULT_RELEASE
from stellar_gui.gui.theme import ThemeChoice
from stellar_gui.gui.views.color_maps import ColorMaps

RECENT_LIMIT = 8


@dataclass(frozen=True)
class FigureChoices:
    """How the last figure was saved; size: its name, "own" for width and height in mm; unit: in which they are told."""

    size: str = "map"
    width: float = 180.0
    height: float = 140.0
    unit: str = "mm"
    look: str = "publication"
    scale: int = 3
    contours: bool = True


@dataclass(frozen=True)
class SkyServerChoices:
    """What SkyServer was asked last; split: the column by whose ranges, empty for one request."""

    address: str = DEFAULT_ADDRESS
    release: str = DEFAULT_RELEASE.upper()
    stars: int = 255_000
    split: str = ""
    parts: int = 10


@dataclass(frozen=True)
class StoredLayout:
    """The window's place and the state of its docks, as Qt tells them; analyses: names of the analyses in use."""

    geometry: QByteArray
    state: QByteArray
    analyses: tuple[str, ...] = ()


Choices = TypeVar("Choices", FigureChoices, SkyServerChoices)


class Settings:
    """Typed access to the program's QSettings."""

    def __init__(self) -> None:
        self._store = QSettings("stellar-gui", "stellar-gui")

    @property
    def recent_files(self) -> list[str]:
        """Absolute paths of the files opened last, newest first, as far as they still exist."""
        value = self._store.value("recentFiles", [])
        paths = value if isinstance(value, list) else [value]
        return [path for path in paths if isinstance(path, str) and Path(path).exists()]

    def add_recent_file(self, path: str) -> None:
        """Put a path at the head of the recent files."""
        others = [other for other in self.recent_files if other != path]
        self._store.setValue("recentFiles", [path, *others][:RECENT_LIMIT])
        self.remember_folder(path)

    def remember_folder(self, path: str) -> None:
        """Let the next dialog begin in the folder of this file."""
        self._store.setValue("lastFolder", str(Path(path).parent))

    @property
    def last_folder(self) -> str:
        """Where the last file was opened or saved."""
        return str(self._store.value("lastFolder", str(Path.home())))

    @property
    def dust_map(self) -> str | None:
        """Absolute path of the dust map that was chosen last, as far as it still exists."""
        path = self._store.value("dustMap")
        return path if isinstance(path, str) and Path(path).is_file() else None

    @dust_map.setter
    def dust_map(self, path: str) -> None:
        self._store.setValue("dustMap", path)

    @property
    def theme(self) -> ThemeChoice:
        """The theme that the user asked for."""
        try:
            return ThemeChoice(self._store.value("theme", ThemeChoice.SYSTEM.value))
        except ValueError:
            return ThemeChoice.SYSTEM

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._store.setValue("theme", choice.value)

    @property
    def color_maps(self) -> ColorMaps:
        """The colour maps that the user chose."""
        maps = ColorMaps()
        for name in (self._store.value("sequentialMap"), self._store.value("divergingMap")):
            try:
                maps = maps.with_map(str(name))
            except ValueError:
                continue
        return maps

    @color_maps.setter
    def color_maps(self, maps: ColorMaps) -> None:
        self._store.setValue("sequentialMap", maps.sequential)
        self._store.setValue("divergingMap", maps.diverging)

    @property
    def figure(self) -> FigureChoices:
        """How the last figure was saved; what cannot be read is as at first."""
        return self._read("figure", FigureChoices)

    @figure.setter
    def figure(self, choices: FigureChoices) -> None:
        self._write("figure", choices)

    @property
    def sky_server(self) -> SkyServerChoices:
        """What SkyServer was asked last; what cannot be read is as at first."""
        return self._read("skyServer", SkyServerChoices)

    @sky_server.setter
    def sky_server(self, choices: SkyServerChoices) -> None:
        self._write("skyServer", choices)

    @property
    def trusted_sky_servers(self) -> list[str]:
        """Addresses of the servers that queries are sent to without a question."""
        value = self._store.value("trustedSkyServers", [])
        return [str(each) for each in (value if isinstance(value, list) else [value])]

    def trust_sky_server(self, address: str) -> None:
        """Send queries to this server without a question from now on."""
        self._store.setValue("trustedSkyServers", sorted({*self.trusted_sky_servers, address}))

    @property
    def opens_sky_server(self) -> bool:
        """Whether pages of SkyServer are opened without a question."""
        return str(self._store.value("opensSkyServer", "false")).lower() == "true"

    @opens_sky_server.setter
    def opens_sky_server(self, wanted: bool) -> None:
        self._store.setValue("opensSkyServer", wanted)

    def save_layout(self, layout: StoredLayout) -> None:
        """Remember the window's place and its docks."""
        self._store.setValue("geometry", layout.geometry)
        self._store.setValue("state", layout.state)
        self._store.setValue("analyses", list(layout.analyses))

    def layout(self) -> StoredLayout | None:
        """The window's place and its docks of the last time; None at the first start."""
        geometry, state = self._store.value("geometry"), self._store.value("state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            analyses = self._store.value("analyses", [])
            names = analyses if isinstance(analyses, list) else [analyses]
            return StoredLayout(geometry, state, tuple(map(str, names)))
        return None

    def _read(self, group: str, kind: type[Choices]) -> Choices:
        """Stored choices; what cannot be read is as at first."""
        defaults = kind()
        read: dict[str, Any] = {}
        for field in fields(defaults):
            default = getattr(defaults, field.name)
            stored = str(self._store.value(f"{group}/{field.name}", default))
            try:
                read[field.name] = stored.lower() == "true" if isinstance(default, bool) else type(default)(stored)
            except ValueError:
                read[field.name] = default
            if isinstance(default, float) and not math.isfinite(read[field.name]):
                read[field.name] = default
        return kind(**read)

    def _write(self, group: str, choices: "FigureChoices | SkyServerChoices") -> None:
        for field in fields(choices):
            self._store.setValue(f"{group}/{field.name}", getattr(choices, field.name))
