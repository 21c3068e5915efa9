"""A simulated star catalogue like that of SDSS, from published stellar loci, models of the Galaxy and survey limits."""

from stellar_gui.catalog.simulation.sample import SimulatedStars, simulate, simulate_with_truth

__all__ = ["SimulatedStars", "simulate", "simulate_with_truth"]
