"""Explore the structure of star catalogues in the latent space of an autoencoder."""

__version__ = "0.1.0"
