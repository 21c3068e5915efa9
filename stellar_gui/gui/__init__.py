"""The window: panels, views and the shared workspace."""
