"""What `runner.py` is made of. Only the standard library."""
