"""The plugin door: the hooks, the registry, and the built-ins that come through it."""
