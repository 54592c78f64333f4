"""Replicas of the publishers' sites, served over real HTTP: what their pages say, their quirks and their failures."""
