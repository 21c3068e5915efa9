"""Session files: what is in them, and how it is written and read."""
