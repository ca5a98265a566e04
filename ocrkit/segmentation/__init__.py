"""From a page's pixels to its lines, in the order of reading."""
