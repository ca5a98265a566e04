"""What stands on a page: its regions, lines, words and characters, and the files that say so."""
