"""Models that are not the tested ones are refused in one sentence; nothing is fetched in their place."""

import importlib.util
import os
import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from flows.read import read_documents
from pipeline import embed
from pipeline.embed import EncoderError, load_encoder
from pipeline.reading import ocr
from pipeline.reading.ocr import RapidRecogniser, WrongModel, check_models
from pipeline.settings import NO_TELEMETRY
from tests.test_backup import small


def flip_a_byte(path: Path) -> None:
    """The same length, one bit of it another."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the models for recognising text, in the place of the installed ones."""
    folder = tmp_path / "rapidocr" / "models"
    folder.mkdir(parents=True)
    for path in check_models().values():
        shutil.copyfile(path, folder / path.name)
    spec = ModuleSpec("rapidocr", None, origin=str(folder.parent / "__init__.py"))
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec if name == "rapidocr" else find(name))
    return folder


def test_the_installed_models_are_the_tested_ones() -> None:
    assert {path.name for path in check_models().values()} == {name for name, _ in ocr._MODELS.values()}


def test_the_same_models_elsewhere_are_taken(models: Path) -> None:
    assert {path.parent for path in check_models().values()} == {models}


@pytest.mark.parametrize("part", ["Det", "Rec"])
def test_a_changed_or_missing_model_for_scans_is_refused(models: Path, part: str) -> None:
    path = models / ocr._MODELS[part][0]
    flip_a_byte(path)
    changed = path.read_bytes()
    with pytest.raises(WrongModel, match=f"{path.name}.* is not the tested one"):
        RapidRecogniser()
    assert path.read_bytes() == changed, "nothing was fetched in its place"
    path.unlink()
    with pytest.raises(WrongModel):
        RapidRecogniser()
    assert not path.exists()


def test_a_night_with_a_changed_model_gives_no_document_up(models: Path, data: Path) -> None:
    flip_a_byte(models / ocr._MODELS["Det"][0])
    settings = small(data)
    with pytest.raises(WrongModel):
        read_documents(settings)
    assert not list((data / "stages").rglob("*.parquet"))


def test_changed_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "model"
    shutil.copytree(embed._bundled_folder(), folder)
    flip_a_byte(folder / "model.safetensors")
    monkeypatch.setattr(embed, "_bundled_folder", lambda: folder)
    with pytest.raises(EncoderError, match="its weights hash to"):
        load_encoder()


RECOGNISE = """
import numpy
from pipeline.reading.ocr import RapidRecogniser
RapidRecogniser(1).recognise(numpy.full((64, 256, 3), 255, numpy.uint8), 1.0)
"""


def test_recognising_text_reports_to_nobody(tmp_path: Path) -> None:
    """The models' runtime would keep an identifier of the device, and what it is about to send, in the home folder."""
    environment = {name: value for name, value in os.environ.items() if name not in NO_TELEMETRY}
    done = subprocess.run([sys.executable, "-c", RECOGNISE], env={**environment, "HOME": str(tmp_path)}, check=False)
    assert done.returncode == 0
    assert list(tmp_path.rglob("*")) == []
