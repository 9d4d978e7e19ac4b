"""How the documentation is built: `scripts/docs` runs this."""
