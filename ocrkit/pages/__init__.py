"""Whole pages: opened, their lines found, cut out and read."""
