"""Work on tables larger than memory: encoding them part by part, and choosing stars in what comes of it."""
