"""Stars from SkyServer: queries, servers, what they answer, and the tables that are kept of it."""

from stellar_gui.catalog.sky_server.examples import EXAMPLES, LECTURE, Example
from stellar_gui.catalog.sky_server.fetching import Fetched, Query, fetch
from stellar_gui.catalog.sky_server.server import DEFAULT_ADDRESS, DEFAULT_RELEASE, Request, Server
from stellar_gui.catalog.sky_server.sql import SPLITS, Split, remarks, star_limit, star_limit_edit

__all__ = [
    "DEFAULT_ADDRESS",
    "DEFAULT_RELEASE",
    "EXAMPLES",
    "LECTURE",
    "SPLITS",
    "Example",
    "Fetched",
    "Query",
    "Request",
    "Server",
    "Split",
    "fetch",
    "remarks",
    "star_limit",
    "star_limit_edit",
]
