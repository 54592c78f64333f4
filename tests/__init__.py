"""Tests; `sample/` draws the bundled sample, `bench` measures speed and memory."""
