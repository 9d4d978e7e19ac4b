"""What a person sees in a cell: one widget a file, its .js and .css beside it."""
