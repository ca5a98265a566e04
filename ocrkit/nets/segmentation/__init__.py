"""The network that labels a page's pixels."""
