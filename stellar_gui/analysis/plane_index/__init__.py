"""The latent plane of a survey: counts at every scale, and the stars of any view, without the survey in memory."""
