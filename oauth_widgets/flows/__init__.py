"""One exchange a file: a generator that yields a request and is sent the answer."""
