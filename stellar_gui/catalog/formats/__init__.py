"""The formats of tables: how each is read and written."""
