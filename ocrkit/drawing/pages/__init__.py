"""Whole drawn pages: where their lines stand, what else is on them, and what befalls them."""
