"""``python -m portgauge``."""

from portgauge.cli.main import run

if __name__ == "__main__":
    run()
