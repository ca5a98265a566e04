"""Texts for drawn lines: composed by the rules of scripts, or taken from files."""
