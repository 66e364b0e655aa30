"""Stands in for the trainer where only its processes matter. Only the standard library."""
