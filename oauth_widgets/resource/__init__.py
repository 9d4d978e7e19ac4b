"""An API, as the holder of a token reaches it."""
