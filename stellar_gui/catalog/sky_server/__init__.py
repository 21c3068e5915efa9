"""Stars from SkyServer: queries, servers, what they answer, and the tables that are kept of it."""
