"""A first sample: the papers of one fictional firm around one dispute, and the script that makes them."""
