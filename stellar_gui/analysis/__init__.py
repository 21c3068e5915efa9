"""What is derived from an embedding: selections and their algebra, the spatial index, statistics."""
