"""The commands of `stellar-gui`, one module each: its arguments and its work."""
