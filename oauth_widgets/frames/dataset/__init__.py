"""A folder of Parquet parts that a fetch writes, and that outlives its process."""
