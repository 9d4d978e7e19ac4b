"""How the answer comes back from the browser: one file a way."""
