"""Where the shipped rules and report templates lie.

In an installed wheel both folders are inside the package, as ``portgauge/_data/``.
In a checkout they stay at the top level, where people read and edit them.
"""

from pathlib import Path

from portgauge.errors import InstallationError

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def _shipped(folder: str) -> Path:
    packaged = _PACKAGE / "_data" / folder
    if packaged.is_dir():
        return packaged
    checkout = _CHECKOUT / folder
    if checkout.is_dir():
        return checkout
    raise InstallationError(f"{folder}/ is neither in the package ({packaged}) nor in the checkout ({checkout})")


def rules_folder() -> Path:
    """Return the folder of the shipped rules.

    Raises:
        InstallationError: If it is in neither place.
    """
    return _shipped("rules")


def report_templates_folder() -> Path:
    """Return the folder of the shipped report templates.

    Raises:
        InstallationError: If it is in neither place.
    """
    return _shipped("report_templates")
