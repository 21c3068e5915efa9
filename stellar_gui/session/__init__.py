"""One piece of work as a value: catalogue, cuts, model, embedding and subsets; saving, opening and exporting it."""
