"""A session as a page to read."""
