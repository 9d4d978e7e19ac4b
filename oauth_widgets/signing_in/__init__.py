"""How a session begins."""
