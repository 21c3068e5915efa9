"""Tables larger than memory: Parquet files, folders of them, and HATS catalogues, read part by part."""
