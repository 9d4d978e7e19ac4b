"""What a session is good for."""
