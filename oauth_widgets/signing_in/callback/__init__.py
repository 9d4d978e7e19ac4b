"""How the browser's answer returns: one file for each way."""
