"""What every test gets: a data folder of its own. That no test reaches the network is set in pyproject.toml."""

from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes depends on what else the machine does; a hang is caught by the run's own limit.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

SHARED = Path(__file__).parents[1] / ".." / "shared"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data folder."""
    return tmp_path / "data"


@pytest.fixture
def shared() -> Path:
    """The development material, where it lies beside the checkout."""
    if not SHARED.exists():
        pytest.skip("needs ../shared, which is not part of the project")
    return SHARED.resolve()
