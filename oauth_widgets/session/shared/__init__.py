"""A session for the tasks of a Dask cluster, without a token in their graph.

The client's half is `sharing.py`: it alone refreshes tokens, and answers workers that ask for one.
The workers' half is `mailbox.py`. In between, a token is sealed for the one process that asked.
"""
