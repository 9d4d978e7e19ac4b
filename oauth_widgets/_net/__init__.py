"""What goes over the network, as plain values, and the only door to it."""
