"""What passed between browser, notebook, server and API, with every secret left out."""
