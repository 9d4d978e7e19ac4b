"""The only door to the network: requests, the loop they run on, whom to trust."""
