"""Talking to other astronomy programs by SAMP: messages as values, tables that were exchanged, the connection."""
