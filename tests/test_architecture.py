"""The house rules that can be read off the code: who imports whom, one heavy library in one home, names, sizes."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("pipeline", "sources", "warehouse", "flows")
LEAVES = {
    "records", "layout", "ids", "text", "spec", "settings", "issues", "registry", "ledger", "store", "scoring",
    "workspace", "isolate", "proforma", "refusal", "media", "cues", "wording", "web", "html", "taxonomy", "references",
    "evidence", "weighing", "linear", "learning", "levers", "smart", "cluster", "theme_records",
    "feeds", "remote", "pairs", "neighbours", "candidates", "dates", "bodies", "filenames", "visits", "versions",
    "stages", "mending", "torch_model", "described", "linkage",
}  # fmt: skip
HOMES = {
    "prefect": ("flows/",),
    "upath": ("pipeline/remote.py",),
    "fsspec": ("pipeline/remote.py",),
    "prefect_dask": ("flows/scale_out.py",),
    "distributed": ("flows/scale_out.py",),
    "duckdb": ("warehouse/",),
    "pypdfium2": ("pipeline/reading/",),
    "pdfplumber": ("pipeline/reading/",),
    "rapidocr": ("pipeline/reading/",),
    "sentence_transformers": ("pipeline/torch_model.py",),
    "torch": ("pipeline/torch_model.py",),
    "openvino": ("pipeline/embed.py",),
    "tokenizers": ("pipeline/embed.py",),
    "hdbscan": ("pipeline/group.py", "pipeline/cluster.py"),
    "faiss": ("pipeline/neighbours.py",),
    "httpx": ("pipeline/fetch/",),
    "protego": ("pipeline/fetch/",),
    "typer": ("flows/",),
    "rich": ("flows/",),
    "filelock": ("pipeline/workspace.py",),
    "matplotlib": ("warehouse/bulletin/",),
    "openpyxl": ("warehouse/workbook.py",),
    "xlsxwriter": ("warehouse/workbook.py",),
    "jinja2": ("warehouse/bulletin/", "flows/review_app/"),
    "starlette": ("flows/review_app/",),
    "uvicorn": ("flows/reviewing.py",),
    "smtplib": ("flows/post.py",),
    "PIL": ("pipeline/reading/",),
}
MAY_IMPORT = {
    "pipeline": {"pipeline"},
    "sources": {"pipeline", "sources"},
    "warehouse": {"pipeline", "warehouse"},
    "flows": {"pipeline", "sources", "warehouse", "flows"},
}
VAGUE = {"utils", "helpers", "common", "manager", "process", "handle", "data", "misc"}
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
LONGEST_FUNCTION, LONGEST_FILE = 60, 320


def imports_of(path: Path) -> set[str]:
    """Dotted names of every module the file imports, wherever the statement stands."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for block in ast.walk(tree):
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING":
            block.body = []  # a type in a signature is not an arrow
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_arrows_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    reached = {name.split(".")[0] for name in imports_of(path)} & set(PACKAGES)
    assert reached <= MAY_IMPORT[package], f"{name_of(path)} imports {reached - MAY_IMPORT[package]}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_imports_the_tests(path: Path) -> None:
    assert not any(name.split(".")[0] == "tests" for name in imports_of(path))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_heavy_library_has_one_home(path: Path) -> None:
    for library in {name.split(".")[0] for name in imports_of(path)} & HOMES.keys():
        assert name_of(path).startswith(HOMES[library]), f"{library} belongs in {HOMES[library]}"


@pytest.mark.parametrize("path", [p for p in FILES if name_of(p).startswith("pipeline/")], ids=name_of)
def test_stages_do_not_import_stages(path: Path) -> None:
    own = path.relative_to(ROOT / "pipeline").with_suffix("").parts[0]
    modules = {p.stem if p.is_file() else p.name for p in (ROOT / "pipeline").iterdir()}
    reached = {n.split(".")[1] for n in imports_of(path) if n.startswith("pipeline.")} & modules
    assert reached - {own} <= LEAVES, f"{name_of(path)} imports {reached - {own} - LEAVES}"


def test_records_need_only_the_standard_library() -> None:
    reached = {name.split(".")[0] for name in imports_of(ROOT / "pipeline" / "records.py")}
    assert reached <= sys.stdlib_module_names


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_are_small_and_say_what_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{name_of(path)} opens without a docstring"
    assert len(text.splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_are_small(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} in {name_of(path)} has {length} lines"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_names_say_the_result(path: Path) -> None:
    functions = [
        n.name for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.FunctionDef)
    ]
    assert not ({path.stem, *functions} & VAGUE)


def test_a_task_is_one_call() -> None:
    tree = ast.parse((ROOT / "flows" / "tasks.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            statements = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
            assert len(statements) == 1, f"task {node.name} does more than one thing"


def test_no_address_stands_in_a_parser() -> None:
    for path in (ROOT / "sources").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert "://" not in node.value, f"{name_of(path)}: addresses belong in the YAML"


def test_there_is_nothing_else_at_the_top() -> None:
    allowed = {*PACKAGES, "tests", "pyproject.toml", "README.md", "Makefile", "data"}
    found = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}
    assert {name for name in found if not name.endswith(".egg-info")} <= allowed
