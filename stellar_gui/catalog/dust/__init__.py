"""Dust maps: E(B-V) at a star's place on the sky."""
