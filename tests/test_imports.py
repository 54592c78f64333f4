"""Importing does nothing: no file is written, no network is asked, and `--help` stays light."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAVY = (
    "torch", "sentence_transformers", "openvino", "prefect", "hdbscan", "sklearn", "duckdb", "pypdfium2", "pdfplumber",
)  # fmt: skip


def run_python(code: str, folder: Path) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_everything_writes_nothing(tmp_path: Path) -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package in ("pipeline", "sources", "warehouse")
        for path in sorted((ROOT / package).rglob("*.py"))
    ]
    run_python("import importlib\n" + "\n".join(f"importlib.import_module({name!r})" for name in names), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_starts_without_heavy_libraries(tmp_path: Path) -> None:
    code = f"import flows.cli, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    assert run_python(code, tmp_path).strip() == "[]"
