"""A session as a Python script that repeats it."""
