"""Star catalogues: bands, recognised columns, quality cuts, readers, writers and the simulated sample."""
