"""The errors that a user can meet, and nothing else."""

from collections.abc import Sequence


class PortgaugeError(Exception):
    """An error with a sentence for the user; anything else is a fault of ours."""


class UserError(PortgaugeError):
    """The user's input is wrong: a path, an option, a configuration value."""


class InstallationError(PortgaugeError):
    """A part of the installation is missing: shipped rules, templates or a system library."""


class RuleError(PortgaugeError):
    """One or more defects in rule files.

    Every defect is one line of the form ``file:line: what was found; what was expected``.
    """

    def __init__(self, defects: Sequence[str]) -> None:
        super().__init__("\n".join(defects))
        self.defects = tuple(defects)
