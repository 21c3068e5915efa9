"""The panels around the map: data, training, star and selection."""
