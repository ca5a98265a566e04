"""Pages as files: a module a format, each with its options and what yields a file's bytes as pages come in."""
