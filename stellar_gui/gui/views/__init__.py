"""Plots: the star map and the smaller charts."""
