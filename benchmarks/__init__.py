"""Figures of speed and memory, each beside what its parts take alone in the same run (see README.md)."""
