"""Where a running SAMP hub is told: the lock file of the Standard Profile.

SAMP 1.3, section 4.2, https://www.ivoa.net/documents/SAMP/.
"""

import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from stellar_gui.errors import SampError
from stellar_gui.session.samp.addresses import is_loopback

_PREFIX: Final = "std-lockurl:"
_LONGEST: Final = 1 << 16
ADDRESS: Final = "samp.hub.xmlrpc.url"
SECRET: Final = "samp.secret"


def lock_path() -> Path:
    """The lock file that SAMP_HUB names, else `.samp` in the user's folder; SampError where that is not a file here."""
    named = os.environ.get("SAMP_HUB")
    if named is None:
        return Path.home() / ".samp"
    parts = urlsplit(named.removeprefix(_PREFIX))
    if not named.startswith(_PREFIX) or parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise SampError("SAMP_HUB names no file of this computer; unset it, or set it to std-lockurl:file:///PATH.")
    return Path(url2pathname(parts.path))


def read_lock() -> dict[str, str] | None:
    """What the lock file says of its hub, which may have ended since; None without a lock file.

    Raises SampError for a hub that is not on this computer.
    """
    try:
        with lock_path().open(encoding="utf-8", errors="replace") as file:
            lines = file.read(_LONGEST).splitlines()
    except OSError:
        return None
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    found = {key.strip(): value.strip().replace("\\", "") for key, _, value in pairs}
    if ADDRESS not in found or SECRET not in found:
        return None
    if not is_loopback(found[ADDRESS]):
        raise SampError(f"The SAMP hub of {lock_path()} is not on this computer, and only such ones are used.")
    return found
