"""The errors whose text is the sentence that the user reads."""

from collections.abc import Sequence


class StellarError(Exception):
    """What went wrong and what to do about it, in one sentence; shown as it stands in a dialog or on standard error."""


class InputError(StellarError):
    """A file or table that cannot be used as it is; on the command line, exit status 2."""


class MissingBandsError(InputError):
    """A table in which not all five magnitudes were recognised; columns are the names it has, to choose from."""

    def __init__(self, sentence: str, columns: Sequence[str]) -> None:
        super().__init__(sentence)
        self.columns = tuple(columns)


class TooLargeError(InputError):
    """A table, or a part of one, that does not fit in memory; a smaller part may."""


class EmptyPartError(InputError):
    """A part of a survey without a row; another part may have some."""


class SeveralTablesError(InputError):
    """A file with several tables, of which one has to be chosen; tables are their names."""

    def __init__(self, sentence: str, tables: Sequence[str]) -> None:
        super().__init__(sentence)
        self.tables = tuple(tables)


class OutputError(StellarError):
    """A file that could not be written; what was there before is left as it was."""


class TrainingError(StellarError):
    """Training that cannot start or cannot go on."""


class ServerError(StellarError):
    """A server that cannot be reached, or does not answer with a table."""


class SampError(StellarError):
    """A SAMP hub that cannot be reached or used, or a program there that cannot take what it is sent."""
