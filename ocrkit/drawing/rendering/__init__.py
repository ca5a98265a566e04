"""Texts to pictures: fonts, their coverage, shaping, and the drawn line."""
